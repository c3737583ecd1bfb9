package io.tributary.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.event.Fingerprint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The prints of dedupe keys that someone names, as {@link EventDecoder} takes them of records. */
public final class KeyPrints {
  private KeyPrints() {}

  /** The print of a message ID. */
  public static Fingerprint ofMessageId(String messageId) {
    return Fingerprinter.forOneThread().print(messageId);
  }

  /**
   * The prints of a payload entry's {@code id} on its topic: of the text, and also of the number or
   * the other JSON value that the text is, since it does not say which is meant.
   */
  public static List<Fingerprint> ofEntry(String topic, String id) {
    Fingerprinter fingerprinter = Fingerprinter.forOneThread();
    Fingerprint topicPrint = fingerprinter.print(topic);
    List<Fingerprint> prints = new ArrayList<>();
    for (Fingerprint value : Arrays.asList(fingerprinter.print(id), ofJson(id))) {
      if (value != null && !prints.contains(value)) {
        prints.add(value);
      }
    }
    return prints.stream()
        .map(print -> fingerprinter.id(topicPrint, print.high(), print.low()))
        .toList();
  }

  /** Null when the text is no JSON value, or the one that is no {@code id}. */
  private static @Nullable Fingerprint ofJson(String id) {
    JsonScanner json = new JsonScanner(id.getBytes(UTF_8), 0);
    try {
      if (json.peek() == 'n') {
        return null;
      }
      Fingerprint print = Fingerprinter.forOneThread().print(json);
      json.end();
      return print;
    } catch (JsonException e) {
      return null; // so only a text
    }
  }
}
