package io.tributary.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Random;

/** What can go wrong between Tributary and the API, one attempt at a time. */
public enum Fault {
  NONE(Reading.ALL, true, "200", talk("HTTP/1.1 200 OK\r\n" + closing("{}"))),
  REFUSED(Reading.NOTHING, false, "none", talk("")),

  STATUS_500(Reading.ALL, false, "500", talk("HTTP/1.1 500 Oh\r\n" + closing("oh"))),
  STATUS_503_RETRY_AFTER(
      Reading.ALL, false, "503", talk("HTTP/1.1 503 Later\r\nRetry-After: 1\r\n" + closing(""))),
  STATUS_429(Reading.ALL, false, "429", talk("HTTP/1.1 429 Slower\r\n" + closing("slower"))),
  STATUS_503_BEFORE_THE_REQUEST_IS_READ(
      Reading.HEAD, false, "503", talk("HTTP/1.1 503 Later\r\n" + closing("later"))),

  SILENT(Reading.ALL, false, "none", talkAndWait("")),
  REQUEST_NOT_READ(Reading.NOTHING, false, "none", talkAndWait("")),
  APPLIED_AND_SILENT(Reading.ALL, true, "none", talkAndWait("")),
  SLOW_HEADERS(Reading.ALL, true, "none", talkSlowly("HTTP/1.1 200 OK\r\nX-Slow: ")),
  SLOW_BODY(Reading.ALL, true, "200", talkSlowly("HTTP/1.1 200 OK\r\n\r\n")),

  CUT_ON_CONNECT(Reading.NOTHING, false, "none", talk("")),
  CUT_IN_THE_REQUEST(Reading.HALF, false, "none", talk("")),
  CUT_BEFORE_THE_ANSWER(Reading.ALL, false, "none", talk("")),
  APPLIED_AND_CUT(Reading.ALL, true, "none", talk("")),
  CUT_IN_THE_HEADERS(Reading.ALL, true, "none", talk("HTTP/1.1 200 OK\r\nContent-Ty")),
  CUT_IN_THE_BODY(
      Reading.ALL, true, "200", talk("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")),
  CUT_IN_A_CHUNK(
      Reading.ALL,
      true,
      "200",
      talk("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\nff\r\nhalf")),

  GARBAGE(Reading.ALL, false, "none", (socket, out) -> out.write(randomBytes(100_000))),
  NOT_A_STATUS(Reading.ALL, false, "none", talk("HTTP/1.1 fine\r\n" + closing("fine"))),
  NOT_A_LENGTH(
      Reading.ALL, true, "none", talk("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}")),
  ENDLESS_LINE(Reading.ALL, true, "none", talkForEver("HTTP/1.1 200 OK\r\nX-Long: ", "x")),
  ENDLESS_HEADERS(Reading.ALL, true, "none", talkForEver("HTTP/1.1 200 OK\r\n", "X: y\r\n")),
  ENDLESS_INTERIM_ANSWERS(
      Reading.ALL, true, "none", talkForEver("", "HTTP/1.1 102 Processing\r\n\r\n")),

  HANGS_UP_AFTER_THE_ANSWER(
      Reading.ALL, true, "200", talk("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")),
  HUGE_REFUSAL(Reading.ALL, false, "503", huge("HTTP/1.1 503 Later\r\n")),
  HUGE_ANSWER(Reading.ALL, true, "200", huge("HTTP/1.1 200 OK\r\n"));

  /** How much of a request is read before it is answered. */
  enum Reading {
    NOTHING,
    HEAD,
    HALF,
    ALL
  }

  /** Says something; the connection is closed after it. */
  @FunctionalInterface
  interface Reply {
    void say(Socket socket, OutputStream out) throws IOException;
  }

  private static final int HUGE = 10_000_000;

  private final Reading reading;
  private final boolean applied;
  private final String counted;
  private final Reply reply;

  Fault(Reading reading, boolean applied, String counted, Reply reply) {
    this.reading = reading;
    this.applied = applied;
    this.counted = counted;
    this.reply = reply;
  }

  Reading reading() {
    return reading;
  }

  /** Whether the API answers, or hangs up, before it has read a request. */
  public boolean leavesRequestUnread() {
    return reading != Reading.ALL;
  }

  /** Whether the API takes the batch all the same. */
  public boolean applied() {
    return applied;
  }

  /** The status under which the attempt is to be counted, {@code none} without one. */
  public String counted() {
    return counted;
  }

  /** Whether Tributary is to see that the batch was taken, while the fault lasts. */
  public boolean delivers() {
    return counted.equals("200");
  }

  void reply(Socket socket, OutputStream out) throws IOException {
    reply.say(socket, out);
  }

  private static String closing(String body) {
    return "Connection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static Reply talk(String text) {
    return (socket, out) -> out.write(text.getBytes(ISO_8859_1));
  }

  private static Reply talkAndWait(String text) {
    return (socket, out) -> {
      out.write(text.getBytes(ISO_8859_1));
      awaitEnd(socket, 0);
    };
  }

  private static Reply talkSlowly(String begin) {
    return (socket, out) -> {
      out.write(begin.getBytes(ISO_8859_1));
      while (!awaitEnd(socket, 50)) {
        out.write('x');
      }
    };
  }

  private static Reply talkForEver(String begin, String piece) {
    return (socket, out) -> {
      out.write(begin.getBytes(ISO_8859_1));
      byte[] pieces = piece.repeat(10_000).getBytes(ISO_8859_1);
      while (true) {
        out.write(pieces);
      }
    };
  }

  private static Reply huge(String begin) {
    return (socket, out) -> {
      String head = begin + "Connection: close\r\nContent-Length: " + HUGE + "\r\n\r\n";
      out.write(head.getBytes(ISO_8859_1));
      out.write(new byte[HUGE]);
    };
  }

  private static byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  /** Waits until the client hangs up; false when it did not within the time. */
  private static boolean awaitEnd(Socket socket, int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      while (socket.getInputStream().read() >= 0) {
        continue;
      }
      return true;
    } catch (SocketTimeoutException late) {
      return false;
    }
  }
}
