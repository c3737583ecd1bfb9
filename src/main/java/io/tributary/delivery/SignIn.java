package io.tributary.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.settings.BasicAuth;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.settings.TokenFile;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Gives each call the header {@code Authorization}, and makes it once more when the API answers 401
 * and there is another one. A token comes from the settings, from a file, or from an endpoint that
 * gives one for a client's name and secret (OAuth 2.0 client credentials, RFC 6749, section 4.4),
 * and is then kept until shortly before it expires. Not options of Camel's endpoint: these stand in
 * its URI, and so in JMX and in logs. Safe for several threads.
 */
final class SignIn implements ExecChainHandler {
  /** A token is not used for so long before its end, or for a fifth of its life if that is less. */
  private static final long MARGIN = TimeUnit.SECONDS.toNanos(30);

  private static final long LONGEST_LIFE = TimeUnit.DAYS.toSeconds(365);

  /** What section 5.2 lets an endpoint say; other words could repeat what was sent to it. */
  private static final Pattern ERROR =
      Pattern.compile(
          "invalid_(request|client|grant|scope)|un(authorized_client|supported_grant_type)");

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Token(String header, long end) {}

  private final Settings settings;
  private final Supplier<CloseableHttpClient> clients;
  private volatile @Nullable Token token;

  /**
   * As the settings say.
   *
   * @param clients makes a client that calls the token endpoint once
   */
  SignIn(Settings settings, Supplier<CloseableHttpClient> clients) {
    this.settings = settings;
    this.clients = clients;
  }

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    CancellableDependency call = (CancellableDependency) scope.originalRequest;
    String header = header(call);
    ClassicHttpResponse answer = chain.proceed(with(header, request), scope);
    if (header == null || answer.getCode() != HttpStatus.SC_UNAUTHORIZED) {
      return answer;
    }
    Token refused = token;
    if (refused != null && refused.header().equals(header)) {
      token = null;
    }
    String other = header(call);
    return header.equals(other) ? answer : chain.proceed(with(other, request), scope);
  }

  private static ClassicHttpRequest with(@Nullable String header, ClassicHttpRequest request) {
    ClassicHttpRequest signed = ClassicRequestBuilder.copy(request).build();
    if (header != null) {
      signed.setHeader(HttpHeaders.AUTHORIZATION, header);
    }
    return signed;
  }

  /** The header to send now; null for none. */
  private @Nullable String header(CancellableDependency call) throws NotCalledException {
    return switch (settings.text(Setting.ANALYTICS_API_AUTH).toLowerCase(Locale.ROOT)) {
      case "basic" ->
          BasicAuth.header(
              settings.text(Setting.ANALYTICS_API_USERNAME),
              settings.text(Setting.ANALYTICS_API_PASSWORD));
      case "bearer" -> "Bearer " + token();
      case "oauth2" -> {
        Token known = token;
        if (known == null || System.nanoTime() - known.end() >= 0) {
          known = fetch(call);
          token = known;
        }
        yield known.header();
      }
      default -> null;
    };
  }

  /** A file is read for every call: that costs nothing, and a change of its time can be missed. */
  private String token() throws NotCalledException {
    String file = settings.optional(Setting.ANALYTICS_API_TOKEN_FILE);
    try {
      return file == null ? settings.text(Setting.ANALYTICS_API_TOKEN) : TokenFile.read(file);
    } catch (IOException e) {
      throw new NotCalledException("token file " + file + " cannot be used: " + e, true, e);
    }
  }

  private Token fetch(CancellableDependency call) throws NotCalledException {
    long begin = System.nanoTime();
    String scope = settings.optional(Setting.ANALYTICS_API_OAUTH2_SCOPE);
    HttpPost request = new HttpPost(settings.text(Setting.ANALYTICS_API_OAUTH2_TOKEN_URL));
    request.setEntity(
        new StringEntity(
            "grant_type=client_credentials" + (scope == null ? "" : "&scope=" + encoded(scope)),
            ContentType.APPLICATION_FORM_URLENCODED));
    request.setHeader(HttpHeaders.ACCEPT, "application/json");
    request.setHeader(
        HttpHeaders.AUTHORIZATION,
        BasicAuth.header(
            encoded(settings.text(Setting.ANALYTICS_API_OAUTH2_CLIENT_ID)),
            encoded(settings.text(Setting.ANALYTICS_API_OAUTH2_CLIENT_SECRET))));
    // The end of the call ends this one, too.
    call.setDependency(request);
    try (CloseableHttpClient client = clients.get()) {
      return client.execute(request, answer -> read(answer, begin));
    } catch (NotCalledException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      boolean late = request.isCancelled() || e instanceof SocketTimeoutException;
      throw failed(
          "did not answer" + (late ? " within the time for one call" : ": " + e), false, e);
    }
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
    long seconds = Math.min(body.path("expires_in").asLong(LONGEST_LIFE), LONGEST_LIFE);
    long life = TimeUnit.SECONDS.toNanos(Math.max(0, seconds));
    return new Token("Bearer " + value, begin + life - Math.min(life / 5, MARGIN));
  }

  /** The body as JSON; the missing node when it is something else. */
  private static JsonNode json(@Nullable HttpEntity body) throws IOException {
    try {
      return body == null ? JSON.missingNode() : JSON.readTree(EntityUtils.toByteArray(body));
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private NotCalledException failed(String how, boolean lasting, @Nullable Exception cause) {
    String url = settings.text(Setting.ANALYTICS_API_OAUTH2_TOKEN_URL);
    return new NotCalledException("token endpoint " + url + " " + how, lasting, cause);
  }
}
