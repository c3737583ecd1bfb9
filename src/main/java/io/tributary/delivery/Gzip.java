package io.tributary.delivery;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.entity.GzipCompressingEntity;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * Compresses the body of each call, with a {@code Content-Length}, since not every server takes a
 * body in chunks. Safe for several threads.
 */
final class Gzip implements ExecChainHandler {
  private static final String CODING = "gzip";

  private Gzip() {}

  /** Compresses all bodies. */
  static Gzip ofBodies() {
    return new Gzip();
  }

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    HttpEntity body = request.getEntity();
    if (body != null) {
      request.setEntity(compressed(body));
    }
    return chain.proceed(request, scope);
  }

  private static HttpEntity compressed(HttpEntity body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new GzipCompressingEntity(body).writeTo(bytes);
    ContentType type = ContentType.parse(body.getContentType());
    return new ByteArrayEntity(bytes.toByteArray(), type, CODING);
  }
}
