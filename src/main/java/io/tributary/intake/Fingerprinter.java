package io.tributary.intake;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tributary.event.Event;
import io.tributary.event.Fingerprint;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes {@linkplain Fingerprint prints} while a scanner passes over a value, so that nothing is
 * read twice. An object's members are sorted by the hash of their name; members of one name keep
 * their order, since the last of them counts for most readers. One thread only.
 */
final class Fingerprinter {
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
  private static final byte[] ID = "id".getBytes(US_ASCII);

  private final MurmurHash hash = MurmurHash.unseeded();
  private final NamePrints names = NamePrints.none();
  private long[] stack = new long[512];
  private int top;
  private boolean hasId;
  private long idHigh;
  private long idLow;

  private Fingerprinter() {}

  /** A printer with a stack of its own. */
  static Fingerprinter forOneThread() {
    return new Fingerprinter();
  }

  /** The print of the next value, which the scanner steps over. */
  Fingerprint print(JsonScanner json) throws JsonException {
    top = 0;
    hasId = false;
    if (json.peek() == '{') {
      pushObject(json, true);
    } else {
      pushValue(json);
    }
    return new Fingerprint(stack[0], stack[1]);
  }

  /**
   * The print of the member {@code id} of the object printed last, together with its topic's print;
   * null when it has none.
   */
  @Nullable Fingerprint id(Fingerprint topic) {
    return hasId ? id(topic, idHigh, idLow) : null;
  }

  /** The print of an {@code id}, whose own print is known, together with its topic's. */
  Fingerprint id(Fingerprint topic, long high, long low) {
    return result(hash.reset(ARRAY).add(topic.high(), topic.low()).add(high, low).finish());
  }

  /** The print of a string. */
  Fingerprint print(JsonText text) {
    return result(text.print(hash, STRING));
  }

  /** The print of a text. */
  Fingerprint print(String text) {
    char[] characters = text.toCharArray();
    return result(hash.reset(STRING).add(characters, 0, characters.length).finish());
  }

  /** The print of an array of entries whose prints are known. */
  Fingerprint whole(List<Event.Entry> entries) {
    hash.reset(ARRAY);
    for (Event.Entry entry : entries) {
      hash.add(entry.value().high(), entry.value().low());
    }
    return result(hash.finish());
  }

  private static Fingerprint result(MurmurHash finished) {
    return new Fingerprint(finished.high(), finished.low());
  }

  private void pushValue(JsonScanner json) throws JsonException {
    switch (json.peek()) {
      case '"' -> pushText(json.string(), STRING);
      case '{' -> pushObject(json, false);
      case '[' -> pushArray(json);
      case 't' -> pushLiteral(json, JsonScanner.TRUE, TRUE);
      case 'f' -> pushLiteral(json, JsonScanner.FALSE, FALSE);
      case 'n' -> pushLiteral(json, JsonScanner.NULL, NULL);
      default -> pushText(json.number(), NUMBER);
    }
  }

  private void pushText(JsonText text, int kind) {
    push(text.print(hash, kind));
  }

  private void pushName(JsonText name) {
    long word = name.word();
    int slot = NamePrints.slot(word);
    if (names.has(slot, word)) {
      push(names.high(slot), names.low(slot));
    } else {
      pushText(name, STRING);
      names.put(slot, word, hash);
    }
  }

  private void pushLiteral(JsonScanner json, byte[] word, int kind) throws JsonException {
    json.literal(word);
    push(hash.reset(kind).finish());
  }

  private void pushArray(JsonScanner json) throws JsonException {
    int base = top;
    for (boolean more = json.enter(']'); more; more = json.next(']')) {
      pushValue(json);
    }
    replaceWithHash(base, ARRAY);
  }

  private void pushObject(JsonScanner json, boolean entry) throws JsonException {
    int base = top;
    for (boolean more = json.enter('}'); more; more = json.next('}')) {
      JsonText name = json.name();
      boolean isId = entry && name.is(ID);
      pushName(name);
      if (isId) {
        pushId(json);
      } else {
        pushValue(json);
      }
    }
    sortMembers(base, (top - base) / MEMBER);
    replaceWithHash(base, OBJECT);
  }

  private void pushId(JsonScanner json) throws JsonException {
    hasId = json.peek() != 'n';
    pushValue(json);
    idHigh = stack[top - 2];
    idLow = stack[top - 1];
  }

  private void replaceWithHash(int base, int kind) {
    hash.reset(kind).add(stack, base, top).finish();
    top = base;
    push(hash);
  }

  private void push(MurmurHash finished) {
    push(finished.high(), finished.low());
  }

  private void push(long high, long low) {
    if (top + 2 > stack.length) {
      stack = Arrays.copyOf(stack, stack.length * 2);
    }
    stack[top++] = high;
    stack[top++] = low;
  }

  private void sortMembers(int base, int count) {
    if (count > FEW) {
      sortMany(base, count);
      return;
    }
    for (int i = base + MEMBER; i < base + count * MEMBER; i += MEMBER) {
      if (stack[i - MEMBER] > stack[i]) {
        insert(base, i);
      }
    }
  }

  private void insert(int base, int from) {
    long a = stack[from];
    long b = stack[from + 1];
    long c = stack[from + 2];
    long d = stack[from + 3];
    int to = from;
    do {
      System.arraycopy(stack, to - MEMBER, stack, to, MEMBER);
      to -= MEMBER;
    } while (to > base && stack[to - MEMBER] > a);
    stack[to] = a;
    stack[to + 1] = b;
    stack[to + 2] = c;
    stack[to + 3] = d;
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
