package io.tributary.tracing;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a producer put a record into: W3C Trace Context, version 00, as the text of the
 * header {@code traceparent}.
 */
public final class Traceparent {
  public static final String NAME = "traceparent";

  private static final int LENGTH = 55;
  private static final Pattern VALID =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  private Traceparent() {}

  /** Reads it from a record's headers; null when it is missing or not exactly of that form. */
  public static @Nullable String of(@Nullable Headers headers) {
    Header header = headers == null ? null : headers.lastHeader(NAME);
    byte[] value = header == null ? null : header.value();
    if (value == null || value.length != LENGTH) {
      return null;
    }
    String text = new String(value, StandardCharsets.US_ASCII);
    return VALID.matcher(text).matches() ? text : null;
  }
}
