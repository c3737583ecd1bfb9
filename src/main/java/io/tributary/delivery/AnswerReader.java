package io.tributary.delivery;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the API answers, also when it does so before it has read all that is sent to it, and
 * hangs up: then it may have refused it for its size, or for who sends it. What comes early can be
 * an interim answer, too, or a 2xx of an API that reads on: so when a call that was broken off for
 * an early answer was not refused, it has failed, and no further call is broken off. Of an answer's
 * body no more than {@link #ANSWER_BYTES} is read. Safe for several threads.
 */
final class AnswerReader implements ExecChainHandler {
  /** Bytes of an answer's body that are read. */
  static final int ANSWER_BYTES = 64 * 1024;

  /** With TLS a look whether there is an answer waits for a millisecond. */
  private static final int BYTES_BETWEEN_LOOKS = 256 * 1024;

  private static final int BUFFER_BYTES = 64 * 1024;

  /**
   * Sends a body until the other side has hung up. It has the only buffer, see {@link ApiClient}:
   * what another one held would be sent later, and fail there.
   */
  private static final class Body extends HttpEntityWrapper {
    private boolean cutOff;
    private boolean brokenOff;

    Body(HttpEntity whole) {
      super(whole);
    }

    boolean isIncomplete() {
      return cutOff || brokenOff;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
      try {
        super.writeTo(buffered);
        buffered.flush();
      } catch (SocketException e) {
        // Before it hung up it may have answered: that is read next, or fails in its turn.
        cutOff = true;
      }
    }
  }

  /** What the thread sends at present. */
  private static final ThreadLocal<Body> SENDING = new ThreadLocal<>();

  private volatile boolean looks = true;

  private AnswerReader() {}

  /** Reads every answer. */
  static AnswerReader ofAnswers() {
    return new AnswerReader();
  }

  /** Whether there is an answer although more of the request is to be sent. */
  boolean isAnswered(HttpClientConnection connection, InputStream in, long sent, long nextLength)
      throws IOException {
    Body body = SENDING.get();
    if (body == null || !looks) {
      return false;
    }
    boolean look = sent / BYTES_BETWEEN_LOOKS < (sent + nextLength) / BYTES_BETWEEN_LOOKS;
    body.brokenOff |=
        in.available() > 0
            || (look
                && connection.getSSLSession() != null
                && connection.isDataAvailable(Timeout.ONE_MILLISECOND));
    return body.brokenOff;
  }

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    HttpEntity whole = request.getEntity();
    if (whole == null) {
      return read(chain.proceed(request, scope));
    }
    Body body = new Body(whole);
    request.setEntity(body);
    SENDING.set(body);
    try {
      ClassicHttpResponse answer = chain.proceed(request, scope);
      if (body.cutOff) {
        scope.execRuntime.markConnectionNonReusable();
      }
      if (body.isIncomplete() && answer.getCode() < HttpStatus.SC_REDIRECTION) {
        answer.close();
        throw new IOException("status " + answer.getCode() + " before the whole request was read");
      }
      return read(answer);
    } catch (IOException e) {
      if (body.brokenOff) {
        looks = false;
      }
      throw e;
    } finally {
      SENDING.remove();
      request.setEntity(whole);
    }
  }

  /** The answer with the start of its body. */
  private static ClassicHttpResponse read(ClassicHttpResponse answer) throws IOException {
    HttpEntity entity = answer.getEntity();
    if (entity == null) {
      return answer;
    }
    byte[] start;
    try (InputStream body = entity.getContent()) {
      start = body.readNBytes(ANSWER_BYTES);
      boolean whole = body.read() < 0;
      if (!whole) {
        answer.close();
      }
    }
    ContentType type = type(entity.getContentType());
    answer.setHeader(HttpHeaders.CONTENT_TYPE, type);
    answer.setEntity(new ByteArrayEntity(start, type));
    return answer;
  }

  /** Without what Camel would fail on: the name of a character set that Java does not know. */
  private static ContentType type(@Nullable String text) {
    try {
      ContentType named = ContentType.parse(text);
      return named == null
          ? ContentType.TEXT_PLAIN
          : ContentType.create(named.getMimeType(), named.getCharset());
    } catch (IllegalArgumentException noType) {
      return ContentType.TEXT_PLAIN;
    }
  }
}
