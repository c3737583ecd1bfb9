package io.tributary.delivery;

import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.settings.TokenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Gives each call the header {@code Authorization}, and makes it once more when the API answers 401
 * and there is another one. Not options of Camel's endpoint: these stand in its URI, and so in JMX
 * and in logs. Safe for several threads.
 */
record SignIn(Authorization authorization) implements ExecChainHandler {

  /** Where the header comes from. */
  @FunctionalInterface
  interface Authorization {
    /**
     * The header to send now; null for none.
     *
     * @param call waits for what is done to get it
     * @throws TokenException when there is none to be had
     */
    @Nullable String header(CancellableDependency call) throws IOException;

    /** The API has answered that header with 401. */
    default void refused(String header) {}
  }

  /**
   * As the settings say.
   *
   * @param clients makes the client that calls a token endpoint
   */
  static SignIn as(Settings settings, Supplier<CloseableHttpClient> clients) {
    return new SignIn(
        switch (settings.text(Setting.ANALYTICS_API_AUTH).toLowerCase(Locale.ROOT)) {
          case "basic" -> {
            String header =
                basic(
                    settings.text(Setting.ANALYTICS_API_USERNAME),
                    settings.text(Setting.ANALYTICS_API_PASSWORD));
            yield call -> header;
          }
          case "bearer" -> {
            String file = settings.optional(Setting.ANALYTICS_API_TOKEN_FILE);
            String header = bearer(settings.text(Setting.ANALYTICS_API_TOKEN));
            yield file == null ? call -> header : call -> fromFile(file);
          }
          case "oauth2" -> new TokenEndpoint(settings, clients);
          default -> call -> null;
        });
  }

  /** Read for every call: that costs nothing, and a change of the file's time can be missed. */
  private static String fromFile(String file) throws TokenException {
    try {
      return bearer(TokenFile.read(file));
    } catch (IOException e) {
      throw new TokenException("token file " + file + " cannot be used: " + e, true, e);
    }
  }

  static String basic(String name, String password) {
    byte[] pair = (name + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  static String bearer(String token) {
    return "Bearer " + token;
  }

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    CancellableDependency call = (CancellableDependency) scope.originalRequest;
    String header = authorization.header(call);
    ClassicHttpResponse answer = chain.proceed(with(header, request), scope);
    if (header == null || answer.getCode() != HttpStatus.SC_UNAUTHORIZED) {
      return answer;
    }
    authorization.refused(header);
    String other = authorization.header(call);
    return header.equals(other) ? answer : chain.proceed(with(other, request), scope);
  }

  private static ClassicHttpRequest with(@Nullable String header, ClassicHttpRequest request) {
    ClassicHttpRequest signed = ClassicRequestBuilder.copy(request).build();
    if (header != null) {
      signed.setHeader(HttpHeaders.AUTHORIZATION, header);
    }
    return signed;
  }
}
