package io.tributary.decode;

import static com.fasterxml.jackson.core.JsonToken.END_ARRAY;
import static com.fasterxml.jackson.core.JsonToken.END_OBJECT;
import static com.fasterxml.jackson.core.JsonToken.START_ARRAY;
import static com.fasterxml.jackson.core.JsonToken.START_OBJECT;
import static com.fasterxml.jackson.core.JsonToken.VALUE_STRING;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.Hash128;
import io.tributary.event.Reason;
import io.tributary.event.SourceRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the event of one record in one pass: its {@code messageId}, where the entries of its {@code
 * payload} begin and end, and their hashes. Of a name that stands twice the last value counts, as
 * most readers of JSON have it.
 */
final class EventReader {
  private final SourceRecord source;
  private final Text text;
  private final JsonParser json;
  private final boolean hashing;
  private final JsonHasher hasher = JsonHasher.ofThisThread();

  private String messageId = "";
  private @Nullable Reason messageIdFault = Reason.NO_MESSAGE_ID;
  private @Nullable Reason payloadFault = Reason.NO_PAYLOAD;

  // Places in the text, since to tell the bytes takes going through all before.
  private int payloadStart;
  private int payloadEnd;

  private int entryCount;
  private Event.@Nullable Payload hashes;

  EventReader(SourceRecord source, Text text, JsonParser json, boolean hashing) {
    this.source = source;
    this.text = text;
    this.json = json;
    this.hashing = hashing;
  }

  /** Reads all of the record. */
  Decoded read() throws IOException {
    JsonToken first = json.nextToken();
    if (first == null) {
      return new DeadLetter(source, Reason.NOT_JSON, "no value");
    }
    if (first == START_OBJECT) {
      readMembers();
    } else {
      json.skipChildren();
    }
    if (json.nextToken() != null) {
      return new DeadLetter(source, Reason.NOT_JSON, "more than one value");
    }
    return first == START_OBJECT ? event() : new DeadLetter(source, Reason.NOT_AN_OBJECT, "");
  }

  private void readMembers() throws IOException {
    while (json.nextToken() != END_OBJECT) {
      String name = json.currentName();
      JsonToken first = json.nextToken();
      if (name.equals("messageId")) {
        readMessageId(first);
      } else if (name.equals("payload")) {
        readPayload(first);
      } else {
        json.skipChildren();
      }
    }
  }

  private void readMessageId(JsonToken first) throws IOException {
    if (first == VALUE_STRING) {
      messageId = json.getText();
      messageIdFault = isBlank(messageId) ? Reason.BLANK_MESSAGE_ID : null;
    } else {
      messageIdFault = Reason.MESSAGE_ID_NOT_A_STRING;
      json.skipChildren();
    }
  }

  private static boolean isBlank(String id) {
    for (int i = 0; i < id.length(); i++) {
      char character = id.charAt(i);
      if (!Character.isWhitespace(character) && !Character.isSpaceChar(character)) {
        return false;
      }
    }
    return true;
  }

  private void readPayload(JsonToken first) throws IOException {
    if (first == START_ARRAY) {
      readEntries();
      payloadFault = null;
    } else {
      payloadFault = Reason.PAYLOAD_NOT_AN_ARRAY;
      json.skipChildren();
    }
  }

  private void readEntries() throws IOException {
    List<Event.Entry> entries = new ArrayList<>();
    entryCount = 0;
    payloadStart = 0;
    payloadEnd = 0;
    while (json.nextToken() != END_ARRAY) {
      if (entryCount++ == 0) {
        payloadStart = place();
      }
      if (hashing) {
        entries.add(hasher.entry(json, source.partition().topic()));
      } else {
        json.skipChildren();
      }
    }
    if (entryCount > 0) {
      payloadEnd = text.withoutSpaceBefore(place());
    }
    hashes = hashing ? hasher.payload(entries) : null;
  }

  private int place() {
    return (int) json.currentTokenLocation().getCharOffset();
  }

  private Decoded event() {
    Reason fault = messageIdFault != null ? messageIdFault : payloadFault;
    if (fault != null) {
      return new DeadLetter(source, fault, "");
    }
    Hash128 idHash = hasher.text(messageId);
    int start = text.byteAt(payloadStart);
    int end = text.byteAt(payloadEnd);
    return new Event(source, text.bytes(), messageId, idHash, start, end, entryCount, hashes);
  }
}
