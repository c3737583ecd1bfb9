package io.tributary.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Reason;
import io.tributary.event.SourceRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;

/**
 * Decodes a record into an event. Whatever cannot be used becomes a {@link DeadLetter}; no record
 * makes it throw. Safe for several threads.
 */
public final class EventDecoder {
  private final boolean hashing;

  public EventDecoder(ContentDedupe contentDedupe) {
    this.hashing = contentDedupe != ContentDedupe.OFF;
  }

  /** Decodes one record. */
  public Decoded decode(SourceRecord source) {
    byte[] value = source.value();
    if (value == null) {
      return new DeadLetter(source, Reason.TOMBSTONE, "");
    }
    if (value.length == 0) {
      return new DeadLetter(source, Reason.EMPTY, "");
    }
    try {
      return decode(source, Text.of(value));
    } catch (CharacterCodingException malformed) {
      return new DeadLetter(source, Reason.NOT_UTF8, "");
    } catch (IOException impossible) {
      throw new UncheckedIOException("Reading from memory failed", impossible);
    }
  }

  private Decoded decode(SourceRecord source, Text text) throws IOException {
    try (JsonParser json = JsonParsers.of(text)) {
      return new EventReader(source, text, json, hashing).read();
    } catch (StreamConstraintsException tooDeep) {
      String detail = "more than " + JsonParsers.MAX_LEVELS + " levels";
      return new DeadLetter(source, Reason.TOO_DEEP, detail);
    } catch (JsonProcessingException malformed) {
      // Its message could tell a part of the record, so only the place is kept.
      int place = text.byteAt(malformed.getLocation().getCharOffset());
      return new DeadLetter(source, Reason.NOT_JSON, "at byte " + place);
    }
  }
}
