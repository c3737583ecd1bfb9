package io.tributary.bench;

import static com.fasterxml.jackson.core.JsonToken.END_ARRAY;
import static com.fasterxml.jackson.core.JsonToken.END_OBJECT;
import static com.fasterxml.jackson.core.JsonToken.START_ARRAY;
import static com.fasterxml.jackson.core.JsonToken.START_OBJECT;
import static com.fasterxml.jackson.core.JsonToken.VALUE_STRING;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.Fingerprint;
import io.tributary.event.Reason;
import io.tributary.event.SourceRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Tributary's decoder does, with Jackson's streaming parser: the same events, dead letters and
 * prints. {@link HandWritten} uses it, and a test holds Tributary's own against it. Safe for
 * several threads.
 */
public final class JacksonDecoder {
  /** Levels of arrays and objects that a record may have. */
  public static final int MAX_DEPTH = 1000;

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          // Or one record with names of one hash would make the parser refuse those after it.
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final boolean printing;
  private final ThreadLocal<JacksonFingerprinter> fingerprinters =
      ThreadLocal.withInitial(JacksonFingerprinter::forOneThread);

  public JacksonDecoder(ContentDedupe contentDedupe) {
    this.printing = contentDedupe != ContentDedupe.OFF;
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
    if (!StrictUtf8.isValid(value)) {
      return new DeadLetter(source, Reason.NOT_UTF8, "");
    }
    try (JsonParser parser = JSON.createParser(value)) {
      return new Parse(source, value, parser).object();
    } catch (StreamConstraintsException tooDeep) {
      return new DeadLetter(source, Reason.TOO_DEEP, "more than " + MAX_DEPTH + " levels");
    } catch (JsonProcessingException malformed) {
      return new DeadLetter(source, Reason.NOT_JSON, position(malformed.getLocation()));
    } catch (IOException impossible) {
      throw new UncheckedIOException("Reading from memory failed", impossible);
    }
  }

  private static String position(@Nullable JsonLocation location) {
    return location == null ? "" : "at byte " + location.getByteOffset();
  }

  private final class Parse {
    private final SourceRecord source;
    private final byte[] value;
    private final JsonParser parser;
    private final JacksonFingerprinter fingerprinter = fingerprinters.get();

    private @Nullable String messageId;
    private boolean messageIdSeen;
    private boolean payloadSeen;
    private boolean payloadIsArray;
    private int payloadStart;
    private int payloadEnd;
    private int recordCount;
    private Event.@Nullable Payload payload;

    Parse(SourceRecord source, byte[] value, JsonParser parser) {
      this.source = source;
      this.value = value;
      this.parser = parser;
    }

    /** A name that stands twice counts as its last value, as most readers of JSON have it. */
    Decoded object() throws IOException {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return refuse(Reason.NOT_JSON, "no value");
      }
      boolean isObject = first == START_OBJECT;
      if (isObject) {
        while (parser.nextToken() != END_OBJECT) {
          member(parser.currentName(), parser.nextToken());
        }
      } else {
        parser.skipChildren();
      }
      if (parser.nextToken() != null) {
        return refuse(Reason.NOT_JSON, "more than one value");
      }
      return isObject ? event() : refuse(Reason.NOT_AN_OBJECT, "");
    }

    private void member(String name, JsonToken first) throws IOException {
      if (name.equals("messageId")) {
        messageIdSeen = true;
        messageId = first == VALUE_STRING ? parser.getText() : null;
        parser.skipChildren();
      } else if (name.equals("payload")) {
        payloadSeen = true;
        payloadIsArray = first == START_ARRAY;
        if (payloadIsArray) {
          entries();
        } else {
          parser.skipChildren();
        }
      } else {
        parser.skipChildren();
      }
    }

    private void entries() throws IOException {
      List<Event.Entry> prints = new ArrayList<>();
      Fingerprint topic = fingerprinter.print(source.partition().topic());
      recordCount = 0;
      payloadStart = 0;
      payloadEnd = 0;
      while (parser.nextToken() != END_ARRAY) {
        if (recordCount++ == 0) {
          payloadStart = (int) parser.currentTokenLocation().getByteOffset();
        }
        if (printing) {
          Fingerprint print = fingerprinter.print(parser);
          prints.add(new Event.Entry(fingerprinter.id(topic), print));
        } else {
          parser.skipChildren();
        }
      }
      if (recordCount > 0) {
        payloadEnd = trimmed((int) parser.currentTokenLocation().getByteOffset());
      }
      payload = printing ? new Event.Payload(fingerprinter.whole(prints), prints) : null;
    }

    private int trimmed(int end) {
      while (value[end - 1] <= ' ') {
        end--;
      }
      return end;
    }

    private Decoded event() {
      String id = messageId;
      if (!messageIdSeen) {
        return refuse(Reason.NO_MESSAGE_ID, "");
      }
      if (id == null) {
        return refuse(Reason.MESSAGE_ID_NOT_A_STRING, "");
      }
      if (id.chars().allMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c))) {
        return refuse(Reason.BLANK_MESSAGE_ID, "");
      }
      if (!payloadSeen) {
        return refuse(Reason.NO_PAYLOAD, "");
      }
      if (!payloadIsArray) {
        return refuse(Reason.PAYLOAD_NOT_AN_ARRAY, "");
      }
      Fingerprint idPrint = fingerprinter.print(id);
      return new Event(source, value, id, idPrint, payloadStart, payloadEnd, recordCount, payload);
    }

    private DeadLetter refuse(Reason reason, String detail) {
      return new DeadLetter(source, reason, detail);
    }
  }
}
