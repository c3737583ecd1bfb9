package io.tributary.delivery;

import io.tributary.settings.ApiCredentials;
import io.tributary.settings.ApiCredentials.Basic;
import io.tributary.settings.ApiCredentials.Bearer;
import io.tributary.settings.ApiCredentials.BearerFile;
import io.tributary.settings.ApiCredentials.ClientCredentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
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
   * With these credentials.
   *
   * @param client makes the client that calls a token endpoint
   */
  static SignIn with(ApiCredentials credentials, Supplier<CloseableHttpClient> client) {
    return new SignIn(authorization(credentials, client));
  }

  private static Authorization authorization(
      ApiCredentials credentials, Supplier<CloseableHttpClient> client) {
    if (credentials instanceof Basic basic) {
      return call -> basic(basic.username(), basic.password().value());
    }
    if (credentials instanceof Bearer bearer) {
      return call -> bearer(bearer.token().value());
    }
    if (credentials instanceof BearerFile token) {
      return call -> fromFile(token);
    }
    if (credentials instanceof ClientCredentials clientCredentials) {
      return new TokenEndpoint(clientCredentials, client);
    }
    return call -> null;
  }

  /** Read for every call: that costs nothing, and a change of the file's time can be missed. */
  private static String fromFile(BearerFile token) throws TokenException {
    try {
      return bearer(token.read());
    } catch (IOException e) {
      throw new TokenException("token file " + token.file() + " cannot be used: " + e, true, e);
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
