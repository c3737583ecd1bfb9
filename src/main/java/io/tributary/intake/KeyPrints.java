package io.tributary.intake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The prints of dedupe keys that someone names, as {@link EventDecoder} takes them of records. */
public final class KeyPrints {
  private static final JsonFactory JSON = new JsonFactory();

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
    List<Fingerprint> prints = new ArrayList<>();
    String quoted = '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(id)) + '"';
    for (String json : List.of(quoted, id)) {
      Fingerprint print = ofEntryJson(topic, json);
      if (print != null && !prints.contains(print)) {
        prints.add(print);
      }
    }
    return prints;
  }

  private static @Nullable Fingerprint ofEntryJson(String topic, String id) {
    Fingerprinter fingerprinter = Fingerprinter.forOneThread();
    Fingerprint topicPrint = fingerprinter.print(topic);
    try (JsonParser parser = JSON.createParser("{\"id\":" + id + "}")) {
      parser.nextToken();
      fingerprinter.print(parser);
      return fingerprinter.id(topicPrint);
    } catch (JsonProcessingException e) {
      return null; // no JSON value, so only a text
    } catch (IOException e) {
      throw new IllegalStateException("A text cannot be read", e);
    }
  }
}
