package io.tributary.reliability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads JSON as RFC 8259 has it, but for names with half a surrogate pair, into a tree that knows
 * where each value stands. Shares no code with the decoder, so that it can be its judge. One text
 * only.
 */
final class StrictJson {
  /**
   * Levels of arrays and objects; the contract calls more of them too deep, and names no figure.
   */
  private static final int LEVELS = 1000;

  private static final Pattern SCALAR =
      Pattern.compile("true|false|null|-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");
  private static final Map<Character, Character> ESCAPES =
      Map.of('"', '"', '\\', '\\', '/', '/', 'b', '\b', 'f', '\f', 'n', '\n', 'r', '\r', 't', '\t');

  private final String text;
  private final Matcher scalar;
  private int at;
  private int level;

  private StrictJson(String text) {
    this.text = text;
    this.scalar = SCALAR.matcher(text);
  }

  /** What a value is; scalars are numbers, {@code true}, {@code false} and {@code null}. */
  enum Kind {
    OBJECT,
    ARRAY,
    STRING,
    SCALAR
  }

  /**
   * A value and its place.
   *
   * @param start of its first character
   * @param end after its last one
   * @param text of a string what it means, of a scalar what is written
   * @param names of an object's members
   * @param values of an object's members, or an array's elements
   */
  record Value(Kind kind, int start, int end, String text, List<String> names, List<Value> values) {

    /** The last value of that name; null when there is none. */
    Value last(String name) {
      int index = names.lastIndexOf(name);
      return index < 0 ? null : values.get(index);
    }

    /** A text that two values share if and only if they are the same, numbers as written. */
    String canonical() {
      StringBuilder canonical = new StringBuilder();
      write(canonical);
      return canonical.toString();
    }

    /** With loops only, since each level of a value is one on the stack. */
    private void write(StringBuilder target) {
      if (kind == Kind.OBJECT || kind == Kind.ARRAY) {
        target.append(kind == Kind.OBJECT ? '{' : '[');
        for (int i : order()) {
          target.append(kind == Kind.OBJECT ? quoted(names.get(i)) : " ");
          values.get(i).write(target);
        }
        target.append(kind == Kind.OBJECT ? '}' : ']');
      } else {
        target.append(kind == Kind.STRING ? quoted(text) : text);
      }
    }

    /** Members by name, those of one name as they stand; elements as they stand. */
    private List<Integer> order() {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < values.size(); i++) {
        order.add(i);
      }
      if (kind == Kind.OBJECT) {
        order.sort(Comparator.comparing(names::get));
      }
      return order;
    }

    private static String quoted(String text) {
      return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
  }

  /** The text is not JSON, or too deep. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    /** {@code not-json} or {@code too-deep}. */
    Refusal(String reason) {
      super(reason, null, false, false);
    }
  }

  /** Reads a text that is one value. */
  static Value read(String text) throws Refusal {
    StrictJson reader = new StrictJson(text);
    Value value = reader.value();
    if (reader.at < text.length()) {
      throw malformed();
    }
    return value;
  }

  /** A value, with the white space on both sides. */
  private Value value() throws Refusal {
    skipSpace();
    Value value =
        switch (peek()) {
          case '{' -> object();
          case '[' -> array();
          case '"' -> string();
          default -> scalar();
        };
    skipSpace();
    return value;
  }

  private Value object() throws Refusal {
    int start = open();
    List<String> names = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    while (hasNext('}', names.isEmpty())) {
      skipSpace();
      names.add(name());
      skipSpace();
      expect(':');
      values.add(value());
    }
    return new Value(Kind.OBJECT, start, at, "", names, values);
  }

  private String name() throws Refusal {
    String name = string().text();
    if (name.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw malformed();
    }
    return name;
  }

  private Value array() throws Refusal {
    int start = open();
    List<Value> values = new ArrayList<>();
    while (hasNext(']', values.isEmpty())) {
      values.add(value());
    }
    return new Value(Kind.ARRAY, start, at, "", List.of(), values);
  }

  private int open() throws Refusal {
    if (++level > LEVELS) {
      throw new Refusal("too-deep");
    }
    return at++;
  }

  private boolean hasNext(char close, boolean first) throws Refusal {
    skipSpace();
    if (peek() == close) {
      at++;
      level--;
      return false;
    }
    if (!first) {
      expect(',');
    }
    return true;
  }

  private Value string() throws Refusal {
    int start = at;
    StringBuilder meaning = new StringBuilder();
    expect('"');
    while (peek() != '"') {
      char c = next();
      if (c < ' ') {
        throw malformed();
      }
      meaning.append(c == '\\' ? escaped() : c);
    }
    at++;
    return new Value(Kind.STRING, start, at, meaning.toString(), List.of(), List.of());
  }

  private char escaped() throws Refusal {
    char c = next();
    if (c != 'u') {
      if (!ESCAPES.containsKey(c)) {
        throw malformed();
      }
      return ESCAPES.get(c);
    }
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      char digit = next();
      if (!HexFormat.isHexDigit(digit)) {
        throw malformed();
      }
      unit = unit * 16 + HexFormat.fromHexDigit(digit);
    }
    return (char) unit;
  }

  private Value scalar() throws Refusal {
    if (!scalar.region(at, text.length()).lookingAt()) {
      throw malformed();
    }
    int start = at;
    at = scalar.end();
    return new Value(Kind.SCALAR, start, at, scalar.group(), List.of(), List.of());
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** The character here; at the end one that begins nothing. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private char next() {
    char c = peek();
    at++;
    return c;
  }

  private void expect(char c) throws Refusal {
    if (next() != c) {
      throw malformed();
    }
  }

  private static Refusal malformed() {
    return new Refusal("not-json");
  }
}
