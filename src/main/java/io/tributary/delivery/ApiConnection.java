package io.tributary.delivery;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.MonitoringResponseOutOfOrderStrategy;
import org.apache.hc.core5.http.io.ResponseOutOfOrderStrategy;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection that minds what the other side says when it is not asked. Between two calls it has
 * nothing to say: when it has, or has hung up, the connection is not used again. While a request is
 * sent, an interim answer is passed over, a refusal ends the sending, and a 2xx waits for its end;
 * an API that hangs up meanwhile may have answered before.
 *
 * <p>Of an answer's body only the start is read, and what cannot be read is left out: what an
 * answer means is its status alone. An answer whose head is longer than any is taken as none. Used
 * by one thread at a time.
 */
final class ApiConnection extends DefaultManagedHttpClientConnection {
  /** Bytes of an answer's body that are read. */
  private static final int ANSWER_BYTES = 64 * 1024;

  private static final Http1Config HTTP =
      Http1Config.custom().setMaxLineLength(16 * 1024).setMaxHeaderCount(200).build();

  /** A look whether there is an answer waits for a millisecond: so it is seldom done. */
  private static final ResponseOutOfOrderStrategy LOOK =
      new MonitoringResponseOutOfOrderStrategy(1024 * 1024);

  private static final AtomicLong COUNT = new AtomicLong();

  private @Nullable ClassicHttpResponse early;
  private boolean cutOff;
  private boolean unread;
  private boolean tunnelling;

  private ApiConnection(String id) {
    super(
        id,
        null,
        null,
        HTTP,
        null,
        null,
        (request, connection, in, sent, next) ->
            LOOK.isEarlyResponseDetected(request, connection, in, sent, next)
                && ((ApiConnection) connection).isRefused(),
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

  @Override
  public boolean isConsistent() {
    return !cutOff && !unread && super.isConsistent();
  }

  @Override
  public void sendRequestHeader(ClassicHttpRequest request) throws HttpException, IOException {
    tunnelling = Method.CONNECT.isSame(request.getMethod());
    super.sendRequestHeader(request);
  }

  @Override
  public void sendRequestEntity(ClassicHttpRequest request) throws HttpException, IOException {
    try {
      super.sendRequestEntity(request);
    } catch (SocketException e) {
      // Before it hung up it may have answered: that is read next, or fails in its turn.
      cutOff = true;
    }
  }

  @Override
  public void flush() throws IOException {
    if (isConsistent()) { // or there is a rest that nobody wants
      try {
        super.flush();
      } catch (SocketException e) {
        cutOff = true;
      }
    }
  }

  /** Whether the answer that came although more of the request is to be sent makes that useless. */
  private boolean isRefused() throws IOException {
    try {
      while (early == null && isDataAvailable(Timeout.ONE_MILLISECOND)) {
        ClassicHttpResponse answer = super.receiveResponseHeader();
        if (answer.getCode() >= HttpStatus.SC_SUCCESS) {
          early = answer;
        }
      }
      return early != null && early.getCode() >= HttpStatus.SC_REDIRECTION;
    } catch (HttpException e) {
      throw new ClientProtocolException(e);
    }
  }

  @Override
  public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
    ClassicHttpResponse answer = early == null ? super.receiveResponseHeader() : early;
    early = null;
    int status = answer.getCode();
    if (tunnelling && status >= 300 && status != HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED) {
      // Or it would be taken for the API's.
      boolean lasting = Verdict.of(status) != Verdict.UNAVAILABLE;
      throw new NotCalledException(
          "the proxy answers CONNECT with status " + status, lasting, null);
    }
    if (cutOff && answer.getCode() / 100 == 2) {
      throw new IOException("status " + answer.getCode() + " before the whole request was read");
    }
    return answer;
  }

  @Override
  public void receiveResponseEntity(ClassicHttpResponse answer) throws HttpException, IOException {
    super.receiveResponseEntity(answer);
    HttpEntity body = answer.getEntity();
    ContentType type = type(body.getContentType());
    answer.setHeader(HttpHeaders.CONTENT_TYPE, type);
    unread = true;
    try {
      InputStream in = body.getContent();
      byte[] bytes = in.readNBytes(ANSWER_BYTES);
      unread = in.read() >= 0;
      answer.setEntity(new ByteArrayEntity(decoded(bytes, body.getContentEncoding()), type));
      // Or Camel would decode it once more, and fail.
      answer.removeHeaders(HttpHeaders.CONTENT_ENCODING);
    } catch (IOException unreadable) {
      answer.setEntity(null);
    }
  }

  /** Without what Camel would fail on: the name of a character set that Java does not know. */
  private static ContentType type(@Nullable String text) {
    try {
      ContentType named = ContentType.parseLenient(text);
      return named == null || named.getMimeType() == null
          ? ContentType.TEXT_PLAIN
          : ContentType.create(named.getMimeType(), named.getCharset());
    } catch (IllegalArgumentException noType) {
      return ContentType.TEXT_PLAIN;
    }
  }

  /** A coding is not asked for, which some servers do not mind. */
  private static byte[] decoded(byte[] bytes, @Nullable String coding) throws IOException {
    if (coding == null || coding.equalsIgnoreCase("identity")) {
      return bytes;
    }
    // Another coding is unreadable here.
    return new GZIPInputStream(new ByteArrayInputStream(bytes)).readNBytes(ANSWER_BYTES);
  }
}
