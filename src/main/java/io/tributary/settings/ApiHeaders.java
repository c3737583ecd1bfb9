package io.tributary.settings;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The headers that an operator adds to each POST. What they say is secret. */
public final class ApiHeaders {
  private static final Pattern HEADER =
      Pattern.compile("\\s*([\\w!#$%&'*+.^`|~-]+):[ \\t]*([!-~](?:[ -~\\t]*[!-~])?)\\s*");

  private static final Set<String> OURS =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "expect",
          "host",
          "idempotency-key",
          "keep-alive",
          "proxy-authorization",
          "te",
          "traceparent",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "user-agent");

  private ApiHeaders() {}

  /** What they say, by their names, which have no case. */
  public static Map<String, String> of(Settings settings) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    String text = settings.optional(Setting.ANALYTICS_API_HEADERS);
    for (String part : text == null ? new String[0] : text.split(";", -1)) {
      Matcher header = HEADER.matcher(part);
      if (header.matches()) {
        headers.put(header.group(1), header.group(2));
      }
    }
    return headers;
  }

  /** What is wrong with them, without anything of theirs that may be secret; null for nothing. */
  static @Nullable String refusal(String text) {
    Map<String, Integer> names = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    int number = 0;
    for (String part : text.split(";", -1)) {
      number++;
      Matcher header = HEADER.matcher(part);
      if (part.isBlank()) {
        continue;
      }
      if (!header.matches()) {
        return "part %d is not 'Name: value' in visible ASCII; a semicolon ends it"
            .formatted(number);
      }
      String name = header.group(1).toLowerCase(Locale.ROOT);
      if (OURS.contains(name)) {
        return "Tributary itself sets " + name;
      }
      Integer other = names.put(name, number);
      if (other != null) {
        return "parts %d and %d are the same header".formatted(other, number);
      }
    }
    return null;
  }
}
