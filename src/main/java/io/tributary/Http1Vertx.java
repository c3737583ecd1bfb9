package io.tributary;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.impl.VertxWrapper;

/**
 * What Camel's management server is made of, without HTTP/2 in the clear. Nobody needs that
 * protocol there, it is answered before anybody is asked for a password, and Camel has no option
 * that switches it off.
 */
final class Http1Vertx extends VertxWrapper {
  private Http1Vertx(VertxInternal vertx) {
    super(vertx);
  }

  /** Camel takes the one that it finds in its registry, and leaves its end to whoever made it. */
  static Vertx create() {
    return new Http1Vertx((VertxInternal) Vertx.vertx());
  }

  @Override
  public HttpServer createHttpServer(HttpServerOptions options) {
    return super.createHttpServer(new HttpServerOptions(options).setHttp2ClearTextEnabled(false));
  }
}
