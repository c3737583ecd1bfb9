package io.tributary.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.settings.ApiCredentials.ClientCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.jspecify.annotations.Nullable;

/**
 * Gets tokens with a client's name and secret (OAuth 2.0 client credentials, RFC 6749, section
 * 4.4), and keeps each one until shortly before it expires. Threads that find none at the same time
 * each get one, which does no harm.
 */
final class TokenEndpoint implements Authorization {
  /**
   * A token is not used any more so long before its end, or a fifth of its life if that is less.
   */
  static final Duration MARGIN = Duration.ofSeconds(30);

  private static final long LONGEST_LIFE = Duration.ofDays(365).toSeconds();

  /** What section 5.2 lets an endpoint say; other words could repeat what was sent to it. */
  private static final Set<String> ERRORS =
      Set.of(
          "invalid_request",
          "invalid_client",
          "invalid_grant",
          "unauthorized_client",
          "unsupported_grant_type",
          "invalid_scope");

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Token(String header, boolean endless, long end) {
    boolean isFresh() {
      return endless || System.nanoTime() - end < 0;
    }
  }

  private final ClientCredentials credentials;
  private final Supplier<CloseableHttpClient> clients;
  private volatile @Nullable Token token;

  /**
   * @param clients makes a client, for one call
   */
  TokenEndpoint(ClientCredentials credentials, Supplier<CloseableHttpClient> clients) {
    this.credentials = credentials;
    this.clients = clients;
  }

  @Override
  public String header(Cut cut) throws TokenException {
    Token known = token;
    return known != null && known.isFresh() ? known.header() : fetch(cut);
  }

  @Override
  public @Nullable String inPlaceOf(String refused, Cut cut) throws TokenException {
    Token known = token;
    if (known != null && !known.header().equals(refused) && known.isFresh()) {
      return known.header();
    }
    return fetch(cut);
  }

  private String fetch(Cut cut) throws TokenException {
    token = null;
    long begin = System.nanoTime();
    try (CloseableHttpClient client = clients.get()) {
      HttpPost request = request();
      cut.ends(request);
      Token fetched = client.execute(request, answer -> read(answer, begin));
      token = fetched;
      return fetched.header();
    } catch (TokenException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw cut.isLate()
          ? failed("did not answer within the time for one call", false, e)
          : failed("did not answer: " + e, false, e);
    }
  }

  private HttpPost request() {
    List<NameValuePair> form = new ArrayList<>();
    form.add(new BasicNameValuePair("grant_type", "client_credentials"));
    if (credentials.scope() != null) {
      form.add(new BasicNameValuePair("scope", credentials.scope()));
    }
    HttpPost request = new HttpPost(credentials.tokenUrl());
    request.setEntity(new UrlEncodedFormEntity(form, StandardCharsets.UTF_8));
    request.setHeader(HttpHeaders.ACCEPT, "application/json");
    request.setHeader(
        HttpHeaders.AUTHORIZATION,
        Authorization.basic(
            encoded(credentials.clientId()) + ":" + encoded(credentials.secret().value())));
    return request;
  }

  private Token read(ClassicHttpResponse answer, long begin) throws IOException {
    JsonNode body = json(answer.getEntity());
    if (answer.getCode() != HttpStatus.SC_OK) {
      String error = body.path("error").asText();
      throw failed(
          "answered " + answer.getCode() + (ERRORS.contains(error) ? " (" + error + ")" : ""),
          isLasting(answer.getCode()),
          null);
    }
    String value = body.path("access_token").asText();
    if (!TokenFile.isToken(value) || !body.path("token_type").asText().equalsIgnoreCase("bearer")) {
      throw failed("answered 200 without a bearer token", true, null);
    }
    JsonNode expiresIn = body.path("expires_in");
    Duration life = Duration.ofSeconds(Math.max(0, Math.min(expiresIn.asLong(), LONGEST_LIFE)));
    Duration fifth = life.dividedBy(5);
    Duration use = life.minus(fifth.compareTo(MARGIN) < 0 ? fifth : MARGIN);
    return new Token(Authorization.bearer(value), expiresIn.isMissingNode(), begin + use.toNanos());
  }

  /** The body as JSON; the missing node when it is something else. */
  private static JsonNode json(@Nullable HttpEntity entity) throws IOException {
    if (entity == null) {
      return JSON.missingNode();
    }
    try (InputStream content = entity.getContent()) {
      return JSON.readTree(content.readNBytes(AnswerReader.ANSWER_BYTES));
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  private static boolean isLasting(int status) {
    return status < 500 && status != HttpStatus.SC_REQUEST_TIMEOUT && status != 429;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private TokenException failed(String how, boolean lasting, @Nullable Exception cause) {
    return new TokenException(
        "token endpoint " + credentials.tokenUrl() + " " + how, lasting, cause);
  }
}
