package io.tributary.delivery;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.zip.GZIPInputStream;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the API answers, also when it hangs up before it has read all that is sent to it: then
 * it may have refused it for its size, or for who sends it. Of an answer's body no more than {@link
 * #ANSWER_BYTES} is read. Safe for several threads.
 */
final class AnswerReader implements ExecChainHandler {
  /** Bytes of an answer's body that are read. */
  static final int ANSWER_BYTES = 64 * 1024;

  private static final int BUFFER_BYTES = 64 * 1024;

  /**
   * Sends a body until the other side has hung up. It has the only buffer, see {@link ApiClient}:
   * what another one held would be sent later, and fail there.
   */
  private static final class Body extends HttpEntityWrapper {
    private boolean cutOff;

    Body(HttpEntity whole) {
      super(whole);
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

  private AnswerReader() {}

  /** Reads every answer. */
  static AnswerReader ofAnswers() {
    return new AnswerReader();
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
    try {
      ClassicHttpResponse answer = chain.proceed(request, scope);
      if (body.cutOff) {
        scope.execRuntime.markConnectionNonReusable();
        if (answer.getCode() < HttpStatus.SC_REDIRECTION) {
          answer.close();
          throw new IOException(
              "status " + answer.getCode() + " before the whole request was read");
        }
      }
      return read(answer);
    } finally {
      request.setEntity(whole);
    }
  }

  /** The answer with the start of its body, or without one when that cannot be read. */
  private static ClassicHttpResponse read(ClassicHttpResponse answer) {
    HttpEntity entity = answer.getEntity();
    if (entity == null) {
      return answer;
    }
    ContentType type = type(entity.getContentType());
    answer.setHeader(HttpHeaders.CONTENT_TYPE, type);
    try (InputStream body = entity.getContent()) {
      byte[] bytes = body.readNBytes(ANSWER_BYTES);
      boolean whole = body.read() < 0;
      if (!whole) {
        answer.close();
      }
      answer.setEntity(new ByteArrayEntity(decoded(bytes, entity.getContentEncoding()), type));
      // Or Camel would decode it once more, and fail.
      answer.removeHeaders(HttpHeaders.CONTENT_ENCODING);
    } catch (IOException unreadable) {
      // What an answer means is its status alone.
      answer.setEntity(null);
    }
    return answer;
  }

  /** A coding is not asked for, which some servers do not mind. */
  private static byte[] decoded(byte[] bytes, @Nullable String coding) throws IOException {
    if (coding == null || coding.equalsIgnoreCase("identity")) {
      return bytes;
    }
    if (!coding.equalsIgnoreCase("gzip")) {
      throw new IOException("coding " + coding);
    }
    try (InputStream content = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return content.readNBytes(ANSWER_BYTES);
    }
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
