package io.tributary.reliability;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.reliability.RandomJson.Bare;
import io.tributary.reliability.RandomJson.Members;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Records as no producer should send them, among those as it should: a seed always gives the same.
 */
final class FuzzedRecords {
  private static final int LARGE_EVERY = 2500;

  /** With its headers, a dead letter of that size is still below the broker's limit. */
  private static final int LARGE = 1_040_000;

  private static final int REMEMBERED = 500;
  private static final List<String> BLANKS =
      List.of("", " ", "\t\n\r", "\u00a0\u2003", "\u3000", "\u2028", "\u001f", "\u0085", "\u200b");
  private static final List<String> NEAR_NAMES =
      List.of("messageid", "messageId\0", "\ufeffmessageId", "message Id", "id", "Payload");
  private static final List<String> ENCODINGS =
      List.of("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "ISO-8859-1", "IBM037");
  private static final List<String> NOTHINGS =
      List.of("", " ", "\n\t \r\n", "\ufeff", "\0", "\0\0\0\0");

  private final Random random;
  private final RandomJson json;
  private final Damage damage;
  private final List<Members> before = new ArrayList<>();
  private int number;

  FuzzedRecords(long seed) {
    random = new Random(seed);
    json = new RandomJson(random);
    damage = new Damage(random);
  }

  /** The value of the next record; null for a tombstone. */
  byte[] next() {
    if (++number % LARGE_EVERY == 0) {
      return large(number / LARGE_EVERY);
    }
    int kind = random.nextInt(100);
    if (kind < 34) {
      return bytes(json.written(remembered(message())));
    } else if (kind < 38) {
      return bytes(json.plain(old()));
    } else if (kind < 48) {
      return bytes(json.written(remembered(old().set("messageId", newId()))));
    } else if (kind < 64) {
      return damage.mutated(bytes(json.plain(random.nextBoolean() ? old() : message())));
    } else if (kind < 76) {
      return damage.spliced(bytes(json.plain(message())));
    }
    return switch (kind) {
      case 76, 77, 78, 79, 80, 81 -> bytes(ofAnyTypes());
      case 82, 83, 84 -> bytes(json.written(withNamesTwice()));
      case 85, 86 -> bytes(json.plain(message().set("messageId", json.any(BLANKS))));
      case 87, 88 -> bytes(nested());
      case 89, 90 -> bytes(withSomethingHuge());
      case 91, 92 ->
          bytes(json.plain(message()) + json.any(List.of("", " ", ",", "\n")) + another());
      case 93, 94 -> json.plain(message()).getBytes(Charset.forName(json.any(ENCODINGS)));
      case 95, 96 -> noise(random.nextInt(200));
      case 97 -> damage.cut(bytes(json.plain(message())));
      case 98 -> bytes("\ufeff" + json.plain(message()));
      default -> random.nextInt(4) == 0 ? null : bytes(json.any(NOTHINGS));
    };
  }

  private Members message() {
    Members message = new Members(List.of()).with("messageId", newId());
    message = message.with("source", json.text()).with("payload", entries());
    return random.nextBoolean() ? message : message.with("metadata", json.value(2));
  }

  private String newId() {
    return "m-" + number + (random.nextInt(10) == 0 ? json.text() : "");
  }

  private List<Object> entries() {
    return IntStream.range(0, random.nextInt(4)).mapToObj(i -> json.entry()).toList();
  }

  private Members remembered(Members message) {
    if (before.size() < REMEMBERED) {
      before.add(message);
    } else {
      before.set(random.nextInt(REMEMBERED), message);
    }
    return message;
  }

  private Members old() {
    return before.isEmpty() ? message() : json.any(before);
  }

  /**
   * A value of any type at the root, as the ID, or as the payload; or a name that is not theirs.
   */
  private String ofAnyTypes() {
    Object id = random.nextInt(3) == 0 ? newId() : json.value(2);
    Object payload = random.nextInt(3) == 0 ? entries() : json.value(3);
    Members message = new Members(List.of());
    if (random.nextInt(5) > 0) {
      message = message.with("messageId", id);
    }
    if (random.nextInt(5) > 0) {
      message = message.with("payload", payload);
    }
    message = message.with(json.any(NEAR_NAMES), json.value(2));
    return json.written(random.nextInt(4) == 0 ? json.value(3) : message);
  }

  private Members withNamesTwice() {
    Members message = message();
    for (int i = random.nextInt(3); i >= 0; i--) {
      message =
          switch (random.nextInt(4)) {
            case 0 -> message.with("messageId", random.nextBoolean() ? newId() : json.value(1));
            case 1 -> message.with("payload", random.nextBoolean() ? entries() : json.value(2));
            case 2 -> message.with("payload", List.of(entry("id", "E1", "E2")));
            default -> message.with("payload", List.of(entry("value", new Bare("1"), "x")));
          };
    }
    return message;
  }

  private static Members entry(String name, Object first, Object second) {
    return new Members(List.of()).with("id", "E1").with(name, first).with(name, second);
  }

  /** Around the thousand levels that are allowed, seldom far beyond, and now and then unclosed. */
  private String nested() {
    int levels = random.nextInt(50) == 0 ? 20_000 : 996 + random.nextInt(6);
    String[] open = {"[", "{\"a\":"};
    String[] close = {"]", "}"};
    int kind = random.nextInt(2);
    String deep = open[kind].repeat(levels) + "1" + close[kind].repeat(levels);
    String start = "{\"messageId\":\"m-" + number + "\",\"payload\":[";
    return switch (random.nextInt(5)) {
      case 0 -> deep;
      case 1 -> start + open[kind].repeat(levels);
      case 2 -> start + "],\"x\":[" + deep + "]}";
      default -> start + deep + "]}";
    };
  }

  private String withSomethingHuge() {
    int size = 1 + random.nextInt(6_000);
    String id = "m-" + number;
    String entry =
        switch (random.nextInt(6)) {
          case 0 -> "{\"id\":\"E1\",\"n\":" + "9".repeat(size) + "}";
          case 1 -> "{\"id\":\"E2\",\"n\":-0." + "0".repeat(size) + "1e-" + size + "}";
          case 2 -> "\"" + json.any(List.of("ä", "\\ud800", "x", "\\u0000")).repeat(size) + "\"";
          case 3 -> "{\"" + json.any(List.of("n", "\\u006e", "😀")).repeat(size) + "\":1}";
          case 4 -> newNames(size / 10);
          default -> {
            id += "😀".repeat(size);
            yield "1";
          }
        };
    return record(id, entry);
  }

  /** An object with names that no record before it had. */
  private String newNames(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> ",\"name-" + number + "-" + i + "\":" + i)
        .collect(Collectors.joining("", "{\"id\":\"E3\"", "}"));
  }

  /**
   * About as large as a broker takes: noise, one string, many entries, and these but for the end.
   */
  private byte[] large(int which) {
    String filler = "{\"id\":\"E4\",\"n\":" + which + "}";
    byte[] message =
        bytes(
            which % 2 == 0
                ? record("m-" + number, "\"" + which + "x".repeat(LARGE) + "\"")
                : record("m-" + number, (filler + ",").repeat(LARGE / 20) + filler));
    return switch (which % 5) {
      case 3 -> noise(LARGE);
      case 4 -> Arrays.copyOf(message, message.length - 1);
      default -> message;
    };
  }

  private static String record(String messageId, String entries) {
    return "{\"messageId\":\"" + messageId + "\",\"payload\":[" + entries + "]}";
  }

  private String another() {
    return random.nextBoolean() ? json.plain(message()) : json.plain(json.value(1));
  }

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
