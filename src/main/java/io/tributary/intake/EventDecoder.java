package io.tributary.intake;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.Fingerprint;
import io.tributary.event.Reason;
import io.tributary.event.SourceRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a record in one pass: finds {@code messageId}, takes the prints of the payload's entries,
 * and notes where they begin and end. Whatever cannot be used becomes a {@link DeadLetter}; no
 * record makes it throw. Safe for several threads.
 */
public final class EventDecoder {
  private static final byte[] MESSAGE_ID = "messageId".getBytes(US_ASCII);
  private static final byte[] PAYLOAD = "payload".getBytes(US_ASCII);

  private final boolean printing;
  private final ThreadLocal<Fingerprinter> fingerprinters =
      ThreadLocal.withInitial(Fingerprinter::forOneThread);

  public EventDecoder(ContentDedupe contentDedupe) {
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
    try {
      return new Parse(source, value).object();
    } catch (JsonException e) {
      return Utf8.isValid(value)
          ? new DeadLetter(source, e.reason(), e.detail())
          : new DeadLetter(source, Reason.NOT_UTF8, "");
    }
  }

  /** One byte order mark may come first. */
  private static int start(byte[] value) {
    boolean marked =
        value.length >= 3
            && value[0] == (byte) 0xef
            && value[1] == (byte) 0xbb
            && value[2] == (byte) 0xbf;
    return marked ? 3 : 0;
  }

  private final class Parse {
    private final SourceRecord source;
    private final byte[] value;
    private final JsonScanner json;
    private final Fingerprinter fingerprinter = fingerprinters.get();

    private @Nullable String messageId;
    private @Nullable Fingerprint idPrint;
    private boolean messageIdSeen;
    private boolean payloadSeen;
    private boolean payloadIsArray;
    private int payloadStart;
    private int payloadEnd;
    private int recordCount;
    private Event.@Nullable Payload payload;

    Parse(SourceRecord source, byte[] value) {
      this.source = source;
      this.value = value;
      this.json = new JsonScanner(value, start(value));
    }

    /** A name that stands twice counts as its last value, as most readers of JSON have it. */
    Decoded object() throws JsonException {
      boolean isObject = json.peek() == '{';
      if (json.isAtEnd()) {
        return refuse(Reason.NOT_JSON, "no value");
      }
      if (isObject) {
        for (boolean more = json.enter('}'); more; more = json.next('}')) {
          member(json.name());
        }
      } else {
        json.skip();
      }
      json.end();
      return isObject ? event() : refuse(Reason.NOT_AN_OBJECT, "");
    }

    private void member(JsonText name) throws JsonException {
      if (name.is(MESSAGE_ID)) {
        messageId();
      } else if (name.is(PAYLOAD)) {
        payload();
      } else {
        json.skip();
      }
    }

    private void messageId() throws JsonException {
      messageIdSeen = true;
      if (json.peek() == '"') {
        JsonText text = json.string();
        messageId = text.toString();
        idPrint = fingerprinter.print(text);
      } else {
        messageId = null;
        json.skip();
      }
    }

    private void payload() throws JsonException {
      payloadSeen = true;
      payloadIsArray = json.peek() == '[';
      if (payloadIsArray) {
        entries();
      } else {
        json.skip();
      }
    }

    private void entries() throws JsonException {
      List<Event.Entry> prints = new ArrayList<>();
      Fingerprint topic = fingerprinter.print(source.partition().topic());
      recordCount = 0;
      payloadStart = 0;
      payloadEnd = 0;
      for (boolean more = json.enter(']'); more; more = json.next(']')) {
        json.peek();
        if (recordCount++ == 0) {
          payloadStart = json.at();
        }
        if (printing) {
          Fingerprint print = fingerprinter.print(json);
          prints.add(new Event.Entry(fingerprinter.id(topic), print));
        } else {
          json.skip();
        }
        payloadEnd = json.at();
      }
      payload = printing ? new Event.Payload(fingerprinter.whole(prints), prints) : null;
    }

    private Decoded event() {
      String id = messageId;
      Fingerprint print = idPrint;
      if (!messageIdSeen) {
        return refuse(Reason.NO_MESSAGE_ID, "");
      }
      if (id == null || print == null) {
        return refuse(Reason.MESSAGE_ID_NOT_A_STRING, "");
      }
      if (isBlank(id)) {
        return refuse(Reason.BLANK_MESSAGE_ID, "");
      }
      if (!payloadSeen) {
        return refuse(Reason.NO_PAYLOAD, "");
      }
      if (!payloadIsArray) {
        return refuse(Reason.PAYLOAD_NOT_AN_ARRAY, "");
      }
      return new Event(source, value, id, print, payloadStart, payloadEnd, recordCount, payload);
    }

    private static boolean isBlank(String text) {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (!Character.isWhitespace(c) && !Character.isSpaceChar(c)) {
          return false;
        }
      }
      return true;
    }

    private DeadLetter refuse(Reason reason, String detail) {
      return new DeadLetter(source, reason, detail);
    }
  }
}
