package io.tributary.delivery;

import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Gives each call the header {@code Authorization}, and makes it once more when the API answers 401
 * and there is another one. Not options of Camel's endpoint: these stand in its URI, and so in JMX
 * and in logs. Safe for several threads.
 */
final class SignIn implements ExecChainHandler {
  private final Authorization authorization;

  SignIn(Authorization authorization) {
    this.authorization = authorization;
  }

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    Cut cut = TimeLimit.cutOf(scope.clientContext);
    String header = authorization.header(cut);
    if (header == null) {
      return chain.proceed(request, scope);
    }
    ClassicHttpResponse response = chain.proceed(with(header, request), scope);
    if (response.getCode() != HttpStatus.SC_UNAUTHORIZED) {
      return response;
    }
    String other = otherHeader(header, cut, response);
    if (other == null) {
      return response;
    }
    // Gives the connection back: the second call needs one, too.
    EntityUtils.consume(response.getEntity());
    response.close();
    return chain.proceed(with(other, request), scope);
  }

  private @Nullable String otherHeader(String refused, Cut cut, ClassicHttpResponse response)
      throws IOException {
    try {
      return authorization.inPlaceOf(refused, cut);
    } catch (IOException e) {
      try {
        response.close();
      } catch (IOException alreadyCut) {
        e.addSuppressed(alreadyCut);
      }
      throw e;
    }
  }

  private static ClassicHttpRequest with(String header, ClassicHttpRequest request) {
    ClassicHttpRequest signed = ClassicRequestBuilder.copy(request).build();
    signed.setHeader(HttpHeaders.AUTHORIZATION, header);
    return signed;
  }
}
