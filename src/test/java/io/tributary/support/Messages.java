package io.tributary.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/** Messages as the producers send them, and batches as the API gets them. */
public final class Messages {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Messages() {}

  /** A message with these records, which stay as they are written. */
  public static byte[] message(String id, String... records) {
    return ("{\"messageId\":\"%s\",\"source\":\"java-producers\",\"eventType\":\"TEST\","
            + "\"timestamp\":\"2024-02-08T10:30:00Z\",\"payload\":[%s],"
            + "\"metadata\":{\"syncType\":\"INCREMENTAL\",\"recordCount\":%d}}")
        .formatted(id, String.join(", ", records), records.length)
        .getBytes(UTF_8);
  }

  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Not JSON: " + text, e);
    }
  }

  /** The records of a section in a batch's body, each as the text that stands there. */
  public static List<String> records(String body, String section) {
    List<String> records = new ArrayList<>();
    String begin = "\"" + section + "\":[";
    int from = body.indexOf(begin) + begin.length();
    int depth = 0;
    boolean quoted = false;
    int start = -1;
    for (int i = from; ; i++) {
      char c = body.charAt(i);
      if (quoted) {
        i += c == '\\' ? 1 : 0;
        quoted = c != '"';
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{' && depth++ == 0) {
        start = i;
      } else if (c == '}' && --depth == 0) {
        records.add(body.substring(start, i + 1));
      } else if (c == ']' && depth == 0) {
        return records;
      }
    }
  }
}
