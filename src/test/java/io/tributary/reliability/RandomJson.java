package io.tributary.reliability;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Values of JSON made at random, and one of the many ways to write each of them. */
final class RandomJson {
  private static final List<String> PIECES =
      List.of(
          "a", "b", "Z", "0", " ", "/", "\"", "\\", "\t", "\n", "\0", "\u0001", "\u007f", "ä", "€",
          "\u2028", "\ufeff", "\ufffd", "\uffff", "😀", "\ud800", "\udbff", "\udc00", "\udfff");
  private static final List<String> NAMES =
      List.of("id", "name", "stock", "ä", "", "\0", "\0id", "\ud800", "messageId", "payload", "😀");
  private static final List<String> NUMBERS =
      List.of("0", "-0", "1", "1.0", "1.00", "10", "1e1", "1E1", "1e+1", "-1", "1e999", "1e-999");
  private static final List<String> LITERALS = List.of("true", "false", "null");
  private static final List<String> GAPS = List.of("", "", "", " ", "\n", "\t", "\r\n", "  ");

  /** Values that a careless comparison takes for the same. */
  private static final List<Object> ALIKE =
      List.of(
          new Bare("0"),
          new Bare("-0"),
          new Bare("1"),
          new Bare("1.0"),
          "1",
          "1.0",
          new Bare("null"),
          "null",
          new Bare("true"),
          "true",
          "",
          List.of(),
          List.of(""),
          List.of(List.of()),
          new Members(List.of()),
          List.of(new Bare("1")),
          new Members(List.of(Map.entry("", ""))));

  private final Random random;

  RandomJson(Random random) {
    this.random = random;
  }

  /** A value of several members, some of which may have the same name. */
  record Members(List<Map.Entry<String, Object>> list) {
    Members with(String name, Object value) {
      List<Map.Entry<String, Object>> longer = new ArrayList<>(list);
      longer.add(Map.entry(name, value));
      return new Members(longer);
    }

    /** With that name once only. */
    Members set(String name, Object value) {
      return new Members(list.stream().filter(m -> !m.getKey().equals(name)).toList())
          .with(name, value);
    }
  }

  /** A number or a literal, as it is written. */
  record Bare(String text) {}

  /** Any value: {@link Members}, a list, a string, or {@link Bare}. */
  Object value(int levels) {
    return switch (random.nextInt(levels == 0 ? 4 : 6)) {
      case 0 -> new Bare(any(LITERALS));
      case 1 -> new Bare(number());
      case 2, 3 -> text();
      case 4 -> IntStream.range(0, random.nextInt(4)).mapToObj(i -> value(levels - 1)).toList();
      default -> members(levels);
    };
  }

  /** An entry of a payload: of a few entities and with a few values, so that contents recur. */
  Object entry() {
    if (random.nextInt(12) == 0) {
      return value(3);
    }
    Members entry = random.nextInt(20) == 0 ? members(2) : new Members(List.of());
    if (random.nextInt(200) == 0) {
      entry = wide();
    }
    entry = entry.with("value", any(random.nextInt(3) == 0 ? ALIKE : ALIKE.subList(0, 4)));
    if (random.nextInt(30) == 0) {
      return entry;
    }
    int entity = random.nextInt(40);
    return entry.with("id", entity < 37 ? "E" + entity : any(ALIKE));
  }

  /** More members than most objects have, but always the same ones. */
  private static Members wide() {
    return new Members(
        IntStream.range(0, 50).mapToObj(i -> Map.entry("n" + i, (Object) ("v" + i))).toList());
  }

  String text() {
    return IntStream.range(0, random.nextInt(8))
        .mapToObj(i -> any(PIECES))
        .collect(Collectors.joining());
  }

  <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private String number() {
    return random.nextBoolean() ? any(NUMBERS) : String.valueOf(random.nextGaussian() * 1e6);
  }

  private Members members(int levels) {
    Members members = new Members(List.of());
    for (int i = random.nextInt(4); i > 0; i--) {
      members = members.with(random.nextBoolean() ? any(NAMES) : text(), value(levels - 1));
    }
    return members;
  }

  /** The value as a text, without white space, and with no escape but where there must be one. */
  String plain(Object value) {
    return written(value, false);
  }

  /** The value as a text, with any white space, any escapes, and its members in any order. */
  String written(Object value) {
    return written(value, true);
  }

  private String written(Object value, boolean freely) {
    if (value instanceof Bare bare) {
      return bare.text();
    }
    if (value instanceof String text) {
      return quoted(text, freely);
    }
    if (value instanceof Members members) {
      List<Map.Entry<String, Object>> list = new ArrayList<>(members.list());
      if (freely) {
        Collections.shuffle(list, random);
      }
      return joined(
          '{',
          list.stream()
              .map(
                  m ->
                      quoted(m.getKey(), freely)
                          + ":"
                          + gap(freely)
                          + written(m.getValue(), freely))
              .toList(),
          '}',
          freely);
    }
    return joined(
        '[', ((List<?>) value).stream().map(v -> written(v, freely)).toList(), ']', freely);
  }

  private String joined(char open, List<String> parts, char close, boolean freely) {
    StringBuilder json = new StringBuilder().append(open).append(gap(freely));
    for (int i = 0; i < parts.size(); i++) {
      json.append(i == 0 ? "" : "," + gap(freely)).append(parts.get(i)).append(gap(freely));
    }
    return json.append(close).toString();
  }

  private String gap(boolean freely) {
    return freely ? any(GAPS) : "";
  }

  /** UTF-8 has no lone surrogates, so that these must be escaped. */
  private String quoted(String text, boolean freely) {
    StringBuilder json = new StringBuilder("\"");
    int[] characters = text.codePoints().toArray();
    for (int c : characters) {
      boolean must = c < ' ' || c == '"' || c == '\\' || (c >= 0xd800 && c <= 0xdfff);
      if (must || (freely && random.nextInt(6) == 0)) {
        HexFormat hex = random.nextBoolean() ? HexFormat.of() : HexFormat.of().withUpperCase();
        for (char unit : Character.toChars(c)) {
          json.append("\\u").append(hex.toHexDigits(unit));
        }
      } else {
        json.appendCodePoint(c);
      }
    }
    return json.append('"').toString();
  }
}
