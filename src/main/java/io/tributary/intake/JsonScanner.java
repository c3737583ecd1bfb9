package io.tributary.intake;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Steps over the bytes of a JSON text as RFC 8259 has it, and takes nothing more. Members of an
 * object, and elements of an array, are a loop:
 *
 * <pre>for (boolean more = json.enter('}'); more; more = json.next('}')) …</pre>
 *
 * <p>One text, one thread.
 */
final class JsonScanner {
  /** Levels of arrays and objects, which are levels of recursion for whoever steps over them. */
  static final int MAX_LEVELS = 1000;

  static final byte[] TRUE = "true".getBytes(US_ASCII);
  static final byte[] FALSE = "false".getBytes(US_ASCII);
  static final byte[] NULL = "null".getBytes(US_ASCII);

  /** Stands for the byte after the last one; nothing begins with it. */
  private static final byte END = 0;

  private final byte[] bytes;
  private final JsonText text;
  private int at;
  private int level;

  /**
   * @param from where the text begins
   */
  JsonScanner(byte[] bytes, int from) {
    this.bytes = bytes;
    this.text = new JsonText(bytes);
    this.at = from;
  }

  /** The place of the next byte. */
  int at() {
    return at;
  }

  /** Whether no byte is left. */
  boolean isAtEnd() {
    return at >= bytes.length;
  }

  /** Steps over white space; returns the byte after it, without stepping over that. */
  byte peek() {
    while (at < bytes.length) {
      byte b = bytes[at];
      if (b > ' ' || (b != ' ' && b != '\n' && b != '\r' && b != '\t')) {
        return b;
      }
      at++;
    }
    return END;
  }

  /** Steps into the array or object that begins here; false when it has nothing in it. */
  boolean enter(char close) throws JsonException {
    if (++level > MAX_LEVELS) {
      throw JsonException.tooDeep(MAX_LEVELS);
    }
    at++;
    return peek() != close || leave();
  }

  /** Steps to the next member or element; out of the array or object when there is none. */
  boolean next(char close) throws JsonException {
    byte b = peek();
    if (b == ',') {
      at++;
      return true;
    }
    if (b != close) {
      throw JsonException.at(at);
    }
    return leave();
  }

  private boolean leave() {
    at++;
    level--;
    return false;
  }

  /** Steps over a member's name and the colon. */
  JsonText name() throws JsonException {
    if (peek() != '"') {
      throw JsonException.at(at);
    }
    string();
    if (peek() != ':') {
      throw JsonException.at(at);
    }
    at++;
    return text;
  }

  /** Steps over the string whose quote is the next byte. */
  JsonText string() throws JsonException {
    at = text.read(at + 1);
    return text;
  }

  /** Steps over a number. */
  JsonText number() throws JsonException {
    int i = byteAt(at) == '-' ? at + 1 : at;
    if (byteAt(i) == '0') {
      i++;
      if (isDigit(byteAt(i))) {
        throw JsonException.at(i);
      }
    } else {
      i = digits(i);
    }
    if (byteAt(i) == '.') {
      i = digits(i + 1);
    }
    if ((byteAt(i) | ' ') == 'e') {
      byte sign = byteAt(i + 1);
      i = digits(sign == '+' || sign == '-' ? i + 2 : i + 1);
    }
    text.take(at, i);
    at = i;
    return text;
  }

  private int digits(int from) throws JsonException {
    int i = from;
    while (isDigit(byteAt(i))) {
      i++;
    }
    if (i == from) {
      throw JsonException.at(i);
    }
    return i;
  }

  private byte byteAt(int place) {
    return place < bytes.length ? bytes[place] : END;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** Steps over one of the three words. */
  void literal(byte[] word) throws JsonException {
    for (byte b : word) {
      if (byteAt(at) != b) {
        throw JsonException.at(at);
      }
      at++;
    }
  }

  /** Steps over a value of any kind. */
  void skip() throws JsonException {
    switch (peek()) {
      case '"' -> string();
      case '{' -> {
        for (boolean more = enter('}'); more; more = next('}')) {
          name();
          skip();
        }
      }
      case '[' -> {
        for (boolean more = enter(']'); more; more = next(']')) {
          skip();
        }
      }
      case 't' -> literal(TRUE);
      case 'f' -> literal(FALSE);
      case 'n' -> literal(NULL);
      default -> number();
    }
  }

  /** Makes sure that nothing follows. */
  void end() throws JsonException {
    byte b = peek();
    if (b == '{' || b == '[' || b == '"') {
      throw JsonException.notJson("more than one value");
    }
    if (!isAtEnd()) {
      throw JsonException.at(at);
    }
  }
}
