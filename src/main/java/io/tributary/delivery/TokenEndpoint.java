package io.tributary.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.settings.TokenFile;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.jspecify.annotations.Nullable;

/**
 * Gets tokens with a client's name and secret (OAuth 2.0 client credentials, RFC 6749, section
 * 4.4), and keeps each one until shortly before it expires. Threads that find none at the same time
 * each get one, which does no harm.
 */
final class TokenEndpoint implements SignIn.Authorization {
  /** A token is not used for so long before its end, or for a fifth of its life if that is less. */
  private static final long MARGIN = TimeUnit.SECONDS.toNanos(30);

  private static final long LONGEST_LIFE = TimeUnit.DAYS.toSeconds(365);

  /** What section 5.2 lets an endpoint say; other words could repeat what was sent to it. */
  private static final Pattern ERROR =
      Pattern.compile(
          "invalid_(request|client|grant|scope)|un(authorized_client|supported_grant_type)");

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Token(String header, boolean endless, long end) {
    boolean isFresh() {
      return endless || System.nanoTime() - end < 0;
    }
  }

  private final Settings settings;
  private final Supplier<CloseableHttpClient> clients;
  private volatile @Nullable Token token;

  /**
   * @param clients makes a client, for one call
   */
  TokenEndpoint(Settings settings, Supplier<CloseableHttpClient> clients) {
    this.settings = settings;
    this.clients = clients;
  }

  @Override
  public String header(CancellableDependency call) throws TokenException {
    Token known = token;
    if (known == null || !known.isFresh()) {
      known = fetch(call);
      token = known;
    }
    return known.header();
  }

  @Override
  public void refused(String header) {
    Token known = token;
    if (known != null && known.header().equals(header)) {
      token = null;
    }
  }

  private Token fetch(CancellableDependency call) throws TokenException {
    long begin = System.nanoTime();
    HttpPost request = request();
    call.setDependency(request);
    try (CloseableHttpClient client = clients.get()) {
      return client.execute(request, answer -> read(answer, begin));
    } catch (TokenException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw request.isCancelled() || e instanceof SocketTimeoutException
          ? failed("did not answer within the time for one call", false, e)
          : failed("did not answer: " + e, false, e);
    }
  }

  private HttpPost request() {
    List<NameValuePair> form = new ArrayList<>();
    form.add(new BasicNameValuePair("grant_type", "client_credentials"));
    String scope = settings.optional(Setting.ANALYTICS_API_OAUTH2_SCOPE);
    if (scope != null) {
      form.add(new BasicNameValuePair("scope", scope));
    }
    HttpPost request = new HttpPost(url());
    request.setEntity(new UrlEncodedFormEntity(form, StandardCharsets.UTF_8));
    request.setHeader(HttpHeaders.ACCEPT, "application/json");
    request.setHeader(
        HttpHeaders.AUTHORIZATION,
        SignIn.basic(
            encoded(Setting.ANALYTICS_API_OAUTH2_CLIENT_ID),
            encoded(Setting.ANALYTICS_API_OAUTH2_CLIENT_SECRET)));
    return request;
  }

  private Token read(ClassicHttpResponse answer, long begin) throws IOException {
    JsonNode body = json(answer.getEntity());
    if (answer.getCode() != HttpStatus.SC_OK) {
      String error = body.path("error").asText();
      throw failed(
          "answered "
              + answer.getCode()
              + (ERROR.matcher(error).matches() ? " (" + error + ")" : ""),
          Verdict.of(answer.getCode()) != Verdict.UNAVAILABLE,
          null);
    }
    String value = body.path("access_token").asText();
    if (!TokenFile.isToken(value) || !body.path("token_type").asText().equalsIgnoreCase("bearer")) {
      throw failed("answered 200 without a bearer token", true, null);
    }
    JsonNode expiresIn = body.path("expires_in");
    long life = Math.max(0, Math.min(expiresIn.asLong(), LONGEST_LIFE));
    long use =
        TimeUnit.SECONDS.toNanos(life) - Math.min(TimeUnit.SECONDS.toNanos(life) / 5, MARGIN);
    return new Token(SignIn.bearer(value), expiresIn.isMissingNode(), begin + use);
  }

  /** The body as JSON; the missing node when it is something else. */
  private static JsonNode json(@Nullable HttpEntity body) throws IOException {
    try {
      return body == null ? JSON.missingNode() : JSON.readTree(EntityUtils.toByteArray(body));
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  private String encoded(Setting setting) {
    return URLEncoder.encode(settings.text(setting), StandardCharsets.UTF_8);
  }

  private String url() {
    return settings.text(Setting.ANALYTICS_API_OAUTH2_TOKEN_URL);
  }

  private TokenException failed(String how, boolean lasting, @Nullable Exception cause) {
    return new TokenException("token endpoint " + url() + " " + how, lasting, cause);
  }
}
