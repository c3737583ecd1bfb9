package io.tributary.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection that minds what the other side says when it is not asked. Between two calls it has
 * nothing to say: when it has, or has hung up, the connection is not used again. While a request is
 * sent, an interim answer is passed over, a refusal ends the sending, and a 2xx waits for its end.
 * An answer whose head is longer than any is taken as none. Used by one thread at a time.
 */
final class ApiConnection extends DefaultManagedHttpClientConnection {
  /** The longest head of an answer; and no buffer for what is sent, since the body has one. */
  private static final Http1Config HTTP =
      Http1Config.custom()
          .setMaxLineLength(16 * 1024)
          .setMaxHeaderCount(200)
          .setChunkSizeHint(0)
          .build();

  /** With TLS a look whether there is an answer waits for a millisecond. */
  private static final int BYTES_BETWEEN_LOOKS = 256 * 1024;

  private static final AtomicLong COUNT = new AtomicLong();

  private @Nullable ClassicHttpResponse early;

  private ApiConnection(String id) {
    super(
        id,
        null,
        null,
        HTTP,
        null,
        null,
        (request, connection, in, sent, next) ->
            ((ApiConnection) connection).isRefused(in, sent, next),
        null,
        new DefaultHttpResponseParserFactory(HTTP));
  }

  /** One that is not connected yet. */
  static ApiConnection unconnected() {
    return new ApiConnection("api-" + COUNT.incrementAndGet());
  }

  @Override
  public boolean isStale() throws IOException {
    try {
      // Either an end or bytes that belong to no answer.
      awaitInput(Timeout.ONE_MILLISECOND);
      return true;
    } catch (SocketTimeoutException silence) {
      return false;
    }
  }

  /** Whether the answer that came although more of the request is to be sent makes that useless. */
  private boolean isRefused(InputStream in, long sent, long nextLength) throws IOException {
    boolean look = sent / BYTES_BETWEEN_LOOKS < (sent + nextLength) / BYTES_BETWEEN_LOOKS;
    if (early == null && (in.available() > 0 || (look && getSSLSession() != null))) {
      early = answerSoFar();
    }
    return early != null && early.getCode() >= HttpStatus.SC_REDIRECTION;
  }

  private @Nullable ClassicHttpResponse answerSoFar() throws IOException {
    try {
      while (isDataAvailable(Timeout.ONE_MILLISECOND)) {
        ClassicHttpResponse answer = super.receiveResponseHeader();
        if (answer.getCode() >= HttpStatus.SC_SUCCESS) {
          return answer;
        }
      }
      return null;
    } catch (HttpException e) {
      throw new ClientProtocolException(e);
    }
  }

  @Override
  public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
    ClassicHttpResponse received = early;
    early = null;
    return received == null ? super.receiveResponseHeader() : received;
  }
}
