package io.tributary.delivery;

import io.micrometer.core.instrument.Timer;
import io.tributary.settings.ApiHeaders;
import io.tributary.settings.BasicAuth;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.settings.Tls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLContext;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.entity.GzipCompressingEntity;
import org.apache.hc.client5.http.impl.auth.CredentialsProviderBuilder;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets up the HTTP client: one attempt a call, no redirects, no cookies, connections that stay open
 * for the next call, one {@linkplain TimeLimit limit of time} for all of a call, and one of memory
 * for what the API says, see {@link ApiConnection}. Safe for several threads.
 */
public final class ApiClient implements HttpClientConfigurer {
  private static final Logger LOG = LoggerFactory.getLogger(ApiClient.class);

  /**
   * The JVM caches a DNS answer for 30 s more, so a name that moves is followed within a minute.
   */
  private static final TimeValue LONGEST_LIFE = TimeValue.ofSeconds(20);

  private final Settings settings;
  private final TimeLimit timeLimit;
  private final SignIn signIn;

  /**
   * @param clock cuts off calls that take too long
   * @param duration measures the calls
   */
  public ApiClient(Settings settings, ScheduledExecutorService clock, Timer duration) {
    this.settings = settings;
    this.timeLimit =
        new TimeLimit(settings.seconds(Setting.ANALYTICS_API_TIMEOUT), clock, duration);
    this.signIn = new SignIn(settings, this::tokenClient);
    if (!Tls.verifiesApi(settings)) {
      LOG.warn(
          "{}=false: no certificate is verified, so whoever is in between can read and change what"
              + " is sent, passwords and tokens among it",
          Setting.ANALYTICS_API_TLS_VERIFY);
    }
  }

  @Override
  public void configureHttpClient(HttpClientBuilder client) {
    HttpClientBuilder builder = oneAttempt(client);
    builder.setDefaultHeaders(
        ApiHeaders.of(settings).entrySet().stream()
            .map(header -> new BasicHeader(header.getKey(), header.getValue()))
            .toList());
    // Camel encodes it, and not everybody takes that for the same.
    builder.addRequestInterceptorFirst(
        (request, body, context) -> request.setPath(request.getPath().replace("%7E", "~")));
    // The one that comes last is the first to see a call.
    if (settings.is(Setting.ANALYTICS_API_GZIP, "true")) {
      builder.addExecInterceptorFirst("gzip", ApiClient::compress);
    }
    builder
        .addExecInterceptorFirst("authorization", signIn)
        .addExecInterceptorFirst("time-limit", timeLimit);
  }

  /** With a {@code Content-Length}, since not every server takes a body in chunks. */
  private static ClassicHttpResponse compress(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    HttpEntity body = request.getEntity();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new GzipCompressingEntity(body).writeTo(bytes);
    ContentType type = ContentType.parse(body.getContentType());
    request.setEntity(new ByteArrayEntity(bytes.toByteArray(), type, "gzip"));
    return chain.proceed(request, scope);
  }

  /** The token endpoint is asked once an hour or so: no connection is kept for it. */
  private CloseableHttpClient tokenClient() {
    return oneAttempt(HttpClientBuilder.create()).build();
  }

  private HttpClientBuilder oneAttempt(HttpClientBuilder client) {
    URI proxy = settings.proxy();
    if (proxy != null) {
      goThrough(proxy, client);
    }
    return client
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableCookieManagement()
        .disableContentCompression()
        // A connection with a certificate of ours would otherwise be nobody's to use again.
        .disableConnectionState()
        .setConnectionManager(connections())
        .setUserAgent(
            settings.text(Setting.SERVICE_NAME) + "/" + settings.text(Setting.SERVICE_VERSION));
  }

  /** TLS in a tunnel; what is in the clear tells the proxy its password with each request. */
  private static void goThrough(URI proxy, HttpClientBuilder client) {
    HttpHost host = new HttpHost(proxy.getScheme(), proxy.getHost(), proxy.getPort());
    client.setProxy(host);
    if (proxy.getUserInfo() != null) {
      String[] user = proxy.getUserInfo().split(":", 2);
      client.setDefaultCredentialsProvider(
          CredentialsProviderBuilder.create().add(host, user[0], user[1].toCharArray()).build());
      client.addRequestInterceptorFirst(
          (request, body, context) -> {
            if (URIScheme.HTTP.same(request.getScheme())) {
              request.setHeader(
                  HttpHeaders.PROXY_AUTHORIZATION, BasicAuth.header(user[0], user[1]));
            }
          });
    }
  }

  private HttpClientConnectionManager connections() {
    SSLContext tls = Tls.ofApi(settings);
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setConnectionFactory(socket -> ApiConnection.unconnected())
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(timeLimit.timeout()))
                .setTimeToLive(LONGEST_LIFE)
                .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                .build())
        .setTlsSocketStrategy(
            Tls.verifiesApi(settings)
                ? new DefaultClientTlsStrategy(tls)
                : new DefaultClientTlsStrategy(
                    tls, HostnameVerificationPolicy.CLIENT, NoopHostnameVerifier.INSTANCE))
        .build();
  }
}
