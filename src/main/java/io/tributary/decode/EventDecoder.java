package io.tributary.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Reason;
import io.tributary.event.SourceRecord;
import io.tributary.schema.RegistryException;
import io.tributary.schema.SchemaRegistry;
import io.tributary.schema.UnfitException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a record into an event. Whatever cannot be used becomes a {@link DeadLetter}; no record
 * makes it throw, only a schema registry that has to be asked again. Safe for several threads.
 */
public final class EventDecoder {
  private static final String NO_REGISTRY =
      "it begins as in a schema registry's format, and SCHEMA_REGISTRY_URL is not set";

  private final boolean hashing;
  private final @Nullable SchemaRegistry registry;

  /** One that knows no schema registry. */
  public EventDecoder(ContentDedupe contentDedupe) {
    this(contentDedupe, null);
  }

  /**
   * @param registry for the records that name a schema of one; null without one
   */
  public EventDecoder(ContentDedupe contentDedupe, @Nullable SchemaRegistry registry) {
    this.hashing = contentDedupe != ContentDedupe.OFF;
    this.registry = registry;
  }

  /**
   * Decodes one record.
   *
   * @throws RegistryException when its schema cannot be had now
   */
  public Decoded decode(SourceRecord source) {
    Decoded decoded = decodeAny(source);
    return decoded instanceof DeadLetter letter && registry != null
        ? new DeadLetter(source, letter.reason(), letter.detail(), registry.id(source.value()))
        : decoded;
  }

  private Decoded decodeAny(SourceRecord source) {
    byte[] value = source.value();
    if (value == null) {
      return new DeadLetter(source, Reason.TOMBSTONE, "");
    }
    if (value.length == 0) {
      return new DeadLetter(source, Reason.EMPTY, "");
    }
    boolean framed = SchemaRegistry.isFramed(value);
    try {
      byte[] json = framed && registry != null ? registry.json(value) : value;
      return decode(source, Text.of(json));
    } catch (UnfitException e) {
      return new DeadLetter(source, e.reason(), String.valueOf(e.getMessage()));
    } catch (CharacterCodingException malformed) {
      String detail = framed && registry == null ? NO_REGISTRY : "";
      return new DeadLetter(source, Reason.NOT_UTF8, detail);
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
