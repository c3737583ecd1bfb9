package io.tributary.bench;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tributary.event.Event;
import io.tributary.event.Fingerprint;
import io.tributary.intake.MurmurHash;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes {@linkplain Fingerprint prints} while a parser passes over a value, so that nothing is read
 * twice. An object's members are sorted by the hash of their name; members of one name keep their
 * order, since the last of them counts for most readers. One thread only.
 */
final class JacksonFingerprinter {
  private static final int OBJECT = 1;
  private static final int ARRAY = 2;
  private static final int STRING = 3;
  private static final int NUMBER = 4;
  private static final int TRUE = 5;
  private static final int FALSE = 6;
  private static final int NULL = 7;

  /** Longs that a member takes on the stack: the print of its name, the print of its value. */
  private static final int MEMBER = 4;

  private static final int FEW = 32;

  private final MurmurHash hash = MurmurHash.unseeded();
  private long[] stack = new long[512];
  private int top;
  private boolean hasId;
  private long idHigh;
  private long idLow;

  private JacksonFingerprinter() {}

  /** A printer with a stack of its own. */
  static JacksonFingerprinter forOneThread() {
    return new JacksonFingerprinter();
  }

  /**
   * The print of the value that begins at the parser's current token; leaves the parser at the
   * value's last token.
   */
  Fingerprint print(JsonParser parser) throws IOException {
    top = 0;
    hasId = false;
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      pushObject(parser, true);
    } else {
      pushValue(parser);
    }
    return new Fingerprint(stack[0], stack[1]);
  }

  /**
   * The print of the member {@code id} of the object printed last, together with its topic's print;
   * null when it has none.
   */
  @Nullable Fingerprint id(Fingerprint topic) {
    if (!hasId) {
      return null;
    }
    hash.reset(ARRAY).add(topic.high(), topic.low()).add(idHigh, idLow).finish();
    return new Fingerprint(hash.high(), hash.low());
  }

  /** The print of a text. */
  Fingerprint print(String text) {
    char[] characters = text.toCharArray();
    hash.reset(STRING).add(characters, 0, characters.length).finish();
    return new Fingerprint(hash.high(), hash.low());
  }

  /** The print of an array of entries whose prints are known. */
  Fingerprint whole(List<Event.Entry> entries) {
    hash.reset(ARRAY);
    for (Event.Entry entry : entries) {
      hash.add(entry.value().high(), entry.value().low());
    }
    hash.finish();
    return new Fingerprint(hash.high(), hash.low());
  }

  private void pushValue(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT -> pushObject(parser, false);
      case START_ARRAY -> pushArray(parser);
      case VALUE_STRING -> pushText(parser, STRING);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> pushText(parser, NUMBER);
      case VALUE_TRUE -> push(hash.reset(TRUE).finish());
      case VALUE_FALSE -> push(hash.reset(FALSE).finish());
      case VALUE_NULL -> push(hash.reset(NULL).finish());
      default -> throw new IllegalStateException("No value begins at " + parser.currentToken());
    }
  }

  private void pushText(JsonParser parser, int kind) throws IOException {
    push(
        hash.reset(kind)
            .add(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength())
            .finish());
  }

  private void pushArray(JsonParser parser) throws IOException {
    int base = top;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      pushValue(parser);
    }
    replaceWithHash(base, ARRAY);
  }

  private void pushObject(JsonParser parser, boolean entry) throws IOException {
    int base = top;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      boolean isId = entry && parser.currentName().equals("id");
      pushText(parser, STRING);
      JsonToken value = parser.nextToken();
      pushValue(parser);
      if (isId) {
        hasId = value != JsonToken.VALUE_NULL;
        idHigh = stack[top - 2];
        idLow = stack[top - 1];
      }
    }
    sortMembers(base, (top - base) / MEMBER);
    replaceWithHash(base, OBJECT);
  }

  private void replaceWithHash(int base, int kind) {
    hash.reset(kind);
    for (int i = base; i < top; i += 2) {
      hash.add(stack[i], stack[i + 1]);
    }
    top = base;
    push(hash.finish());
  }

  private void push(MurmurHash finished) {
    if (top + 2 > stack.length) {
      stack = Arrays.copyOf(stack, stack.length * 2);
    }
    stack[top++] = finished.high();
    stack[top++] = finished.low();
  }

  private void sortMembers(int base, int count) {
    if (count > FEW) {
      sortMany(base, count);
      return;
    }
    for (int i = base + MEMBER; i < base + count * MEMBER; i += MEMBER) {
      for (int j = i; j > base && stack[j - MEMBER] > stack[j]; j -= MEMBER) {
        for (int k = j; k < j + MEMBER; k++) {
          long swapped = stack[k];
          stack[k] = stack[k - MEMBER];
          stack[k - MEMBER] = swapped;
        }
      }
    }
  }

  private void sortMany(int base, int count) {
    long[][] members = new long[count][];
    for (int i = 0; i < count; i++) {
      int from = base + i * MEMBER;
      members[i] = Arrays.copyOfRange(stack, from, from + MEMBER);
    }
    Arrays.sort(members, Comparator.comparingLong(member -> member[0]));
    for (int i = 0; i < count; i++) {
      System.arraycopy(members[i], 0, stack, base + i * MEMBER, MEMBER);
    }
  }
}
