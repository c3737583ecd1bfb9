package io.tributary.demo;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An HTTP server on this machine only, each call of it in a thread. Safe for several threads. */
public final class LocalServer implements AutoCloseable {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  /**
   * @param name what it is, for the message when it cannot listen
   * @param port 0 for any that is free
   * @param tls null for plain HTTP
   * @param handler takes every call from now on
   */
  public LocalServer(String name, int port, @Nullable HttpsConfigurator tls, HttpHandler handler) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      server = tls == null ? HttpServer.create(address, 0) : HttpsServer.create(address, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot listen", e);
    }
    if (server instanceof HttpsServer https) {
      https.setHttpsConfigurator(tls);
    }
    server.setExecutor(threads);
    server.createContext("/", handler);
    server.start();
  }

  /** Where it is. */
  public String url() {
    String scheme = server instanceof HttpsServer ? "https" : "http";
    return scheme + "://127.0.0.1:" + port();
  }

  /** The port that it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Interrupts the calls that are under way. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
