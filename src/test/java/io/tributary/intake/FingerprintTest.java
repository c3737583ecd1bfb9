package io.tributary.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tributary.event.Fingerprint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintTest {
  private final Fingerprinter fingerprinter = Fingerprinter.forOneThread();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":1,\"b\":2}               | {\"b\":2,\"a\":1}",
        "{\"a\":1,\"b\":2}               | ` { \"a\" :\t1 ,\n\"b\" : 2 } `",
        "[1,[2,{}]]                   | `[ 1 ,\r\n[2, { } ] ]`",
        "\"A/ä\\n€😀\"                  | \"\\u0041\\/\\u00e4\\u000a\\u20AC\\ud83d\\uDE00\"",
        "{\"name\":{\"ä\":1}}            | {\"n\\u0061me\":{\"\\u00e4\":1}}",
        "[{\"a\":{\"b\":1,\"c\":[]},\"d\":2}] | [{\"d\":2,\"a\":{\"c\":[],\"b\":1}}]",
        "{\"a\":1,\"b\":2,\"a\":3}         | {\"b\":2,\"a\":1,\"a\":3}",
        "{\"a\":1,\"b\":2,\"a\":3}         | {\"a\":1,\"a\":3,\"b\":2}"
      })
  void equalValues_haveEqualPrints(String left, String right) throws JsonException {
    // Given
    Fingerprint first = print(left);

    // When
    Fingerprint second = print(right);

    // Then
    assertEquals(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1              | 1.0",
        "1              | 1e0",
        "100            | 1e2",
        "1e2            | 1E2",
        "0              | -0",
        "0.10           | 0.1",
        "1              | \"1\"",
        "true           | \"true\"",
        "null           | \"null\"",
        "true           | false",
        "true           | 1",
        "false          | null",
        "0              | null",
        "\"\"             | null",
        "[]             | {}",
        "[]             | null",
        "{}             | null",
        "[]             | \"\"",
        "[]             | [[]]",
        "[]             | [null]",
        "{}             | [{}]",
        "[[]]           | [{}]",
        "[1]            | 1",
        "[1,2]          | [2,1]",
        "[1,2]          | [12]",
        "[[1],2]        | [1,[2]]",
        "[[1,2]]        | [1,2]",
        "[[],[[]]]      | [[[]],[]]",
        "[1,1]          | [1]",
        "{\"a\":1}        | [\"a\",1]",
        "{\"a\":1}        | {\"a\":\"1\"}",
        "{\"a\":1}        | {\"1\":\"a\"}",
        "{\"a\":\"b\"}      | {\"b\":\"a\"}",
        "{\"a\":null}     | {}",
        "{\"a\":1,\"b\":2}  | {\"a\":2,\"b\":1}",
        "{\"a\":1,\"a\":2}  | {\"a\":2,\"a\":1}",
        "{\"a\":1,\"a\":2}  | {\"a\":2}",
        "{\"a\":1,\"a\":1}  | {\"a\":1}",
        "{\"a\":{\"b\":1},\"c\":2} | {\"a\":{\"b\":1,\"c\":2}}",
        "{\"a\":{},\"b\":1} | {\"a\":{\"b\":1}}",
        "{\"a\":1,\"b\":1}  | {\"a\":1}",
        "\"a\"            | \"A\"",
        "\"a\"            | `\"a \"`",
        "\"a\"            | \"a\\u0000\"",
        "\"\"             | \"\\u0000\"",
        "\"\\u0000\"       | \"\\u0000\\u0000\"",
        "\"ä\"            | \"a\\u0308\"",
        "\"😀\"           | \"\\ud83d\"",
        "\"12345678\"     | \"12345678\\u0000\"",
        "\"1234567\"      | \"12345678\"",
        "\"abcdefghijklmnop\" | \"ijklmnopabcdefgh\""
      })
  void differentValues_haveDifferentPrints(String left, String right) throws JsonException {
    // Given
    Fingerprint first = print(left);

    // When
    Fingerprint second = print(right);

    // Then
    assertNotEquals(first, second);
    assertNotEquals(first.high(), second.high());
    assertNotEquals(first.low(), second.low());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 31, 32, 33, 64, 1_000, 20_000})
  void manyMembers_countInAnyOrder(int count) throws JsonException {
    // Given
    List<String> members =
        new ArrayList<>(
            IntStream.range(0, count)
                .mapToObj(i -> "\"name-" + i + "\":{\"n\":" + i + "}")
                .toList());
    Fingerprint first = print(object(members));
    Collections.shuffle(members, new Random(count));

    // When
    Fingerprint second = print(object(members));

    // Then
    assertEquals(first, second);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 32, 33, 500})
  void manyMembersOfOneName_countInTheirOrder(int count) throws JsonException {
    // Given
    List<String> members =
        new ArrayList<>(IntStream.range(0, count).mapToObj(i -> "\"a\":" + i).toList());
    Fingerprint first = print(object(members));
    Collections.swap(members, 0, count - 1);

    // When
    Fingerprint second = print(object(members));

    // Then
    assertNotEquals(first, second);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 33, 500})
  void membersWithSwappedValues_differ(int count) throws JsonException {
    // Given
    Fingerprint first =
        print(object(IntStream.range(0, count).mapToObj(i -> "\"" + i + "\":" + i).toList()));

    // When
    Fingerprint second =
        print(object(IntStream.range(0, count).mapToObj(i -> "\"" + i + "\":" + (i ^ 1)).toList()));

    // Then
    assertNotEquals(first, second);
  }

  /** State folders hold prints that earlier versions took. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "54d9bc1a35e475f5 | d6a2062034ce44c1 | {\"name\":\"John Doe\",\"id\":\"CUST001\",\"stock\":-1.50e3,\"tags\":[true,false,null,{}]}",
        "7a5bb4809a605db5 | 726c4a213974e442 | \"J\\u00f6rg Müßig \\ud83d\"",
        "d6b7ea36343a8f41 | 56efa5054aeb9b76 | [\"\",\"exactly8\",\"sixteen letters.\",\"and a longer one\"]",
        "2b8bcb2032d5373f | a911c01672ab0bf3 | {\"id\":12}"
      })
  void print_isWhatItHasAlwaysBeen(String high, String low, String json) throws JsonException {
    // Given
    HexFormat hex = HexFormat.of();

    // When
    Fingerprint print = print(json);

    // Then
    assertEquals(high, hex.toHexDigits(print.high()));
    assertEquals(low, hex.toHexDigits(print.low()));
  }

  @Test
  void printsOfKeys_areWhatTheyHaveAlwaysBeen() {
    // When
    List<Fingerprint> prints = KeyPrints.ofEntry("customer_data", "12");

    // Then
    assertEquals(
        List.of(
            new Fingerprint(-1382898723558671062L, -1273054113243360884L),
            new Fingerprint(0xfe80397803084409L, 0x7d4739c61775390aL)),
        prints);
    assertEquals(
        new Fingerprint(0x2b8074ae6b39d8c7L, 0xb39639faa0d53cdfL), KeyPrints.ofMessageId("uuid"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "CUST001 | 1",
        "ä\"     | 1",
        "12      | 2",
        "` [1] ` | 2",
        "null    | 1",
        "nobody  | 1",
        "1 2     | 1",
        "1}      | 1",
        "``      | 1"
      })
  void keyThatIsAJsonValue_hasItsPrintToo(String id, int count) {
    // When
    List<Fingerprint> prints = KeyPrints.ofEntry("customer_data", id);

    // Then
    assertEquals(count, prints.size());
  }

  @Test
  void print_stepsOverTheValueAndNoFurther() throws JsonException {
    // Given
    JsonScanner json = scanner(" {\"a\":[1,{}]} ,2");

    // When
    fingerprinter.print(json);

    // Then
    assertEquals(13, json.at());
    assertEquals(',', json.peek());
  }

  @Test
  void printOfAText_isThePrintOfItsValue() throws JsonException {
    // When
    Fingerprint text = fingerprinter.print("uuid-ä");

    // Then
    assertEquals(print("\"uuid-\\u00e4\""), text);
  }

  @Test
  void id_isNoneAfterAnObjectWithoutOne() throws JsonException {
    // Given
    Fingerprint topic = fingerprinter.print("customer_data");
    print("{\"id\":1}");

    // When
    print("{\"name\":1}");

    // Then
    assertNull(fingerprinter.id(topic));
  }

  @Test
  void randomValue_hasItsPrintHoweverItIsWritten() throws JsonException {
    // Given
    Random random = new Random(3);

    for (int i = 0; i < 3_000; i++) {
      Object value = randomValue(random, 4);
      String plain = written(value, null);
      String other = written(value, random);

      // When
      Fingerprint print = print(other);

      // Then
      assertEquals(print(plain), print, () -> plain + " and " + other);
    }
  }

  @Test
  void manyValues_haveNoPrintTwice() throws JsonException {
    // Given
    Set<String> values = new HashSet<>();
    for (int i = 0; i < 26_000; i++) {
      String hex = Integer.toHexString(i);
      values.add(Integer.toString(i));
      values.add("\"" + i + "\"");
      values.add("\"" + "x".repeat(i % 40) + hex + "\"");
      values.add("[" + i / 500 + "," + i % 500 + "]");
      values.add("{\"id\":" + i + "}");
      values.add("{\"id\":\"" + hex + "\",\"stock\":" + i % 7 + "}");
      values.add("{\"a\":" + i / 500 + ",\"b\":" + i % 500 + "}");
      values.add("[[" + i / 250 + "],{\"" + i % 250 + "\":[]}]");
    }
    Set<Fingerprint> prints = new HashSet<>();
    Set<Long> halves = new HashSet<>();

    // When
    JsonScanner json = scanner(values.toString());
    for (boolean more = json.enter(']'); more; more = json.next(']')) {
      Fingerprint print = fingerprinter.print(json);
      prints.add(print);
      halves.add(print.high());
      halves.add(print.low());
    }

    // Then
    assertEquals(values.size(), prints.size());
    assertEquals(2 * values.size(), halves.size());
  }

  @Test
  void changeOfOneBit_changesHalfOfThePrint() throws JsonException {
    // Given
    int samples = 4_000;
    long changed = 0;

    // When
    for (int i = 0; i < samples; i++) {
      Fingerprint even = print("{\"id\":\"CUST\",\"stock\":" + 2 * i + "}");
      Fingerprint odd = print("{\"id\":\"CUST\",\"stock\":" + (2 * i + 1) + "}");
      changed += Long.bitCount(even.high() ^ odd.high()) + Long.bitCount(even.low() ^ odd.low());
    }

    // Then
    assertEquals(64.0, (double) changed / samples, 0.5);
  }

  private Fingerprint print(String json) throws JsonException {
    return fingerprinter.print(scanner(json));
  }

  private static JsonScanner scanner(String json) {
    return new JsonScanner(json.getBytes(UTF_8), 0);
  }

  private static String object(List<String> members) {
    return members.stream().collect(Collectors.joining(",", "{", "}"));
  }

  /** A list, a map, a text as a builder, or else the value as it is written. */
  private static Object randomValue(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 8)) {
      case 0 -> "null";
      case 1 -> random.nextBoolean();
      case 2 -> random.nextInt(1_000_000);
      case 3 -> random.nextDouble();
      case 4 -> new StringBuilder(randomText(random));
      case 5 -> randomList(random, depth);
      default -> randomMap(random, depth);
    };
  }

  private static List<Object> randomList(Random random, int depth) {
    return IntStream.range(0, random.nextInt(5))
        .mapToObj(i -> randomValue(random, depth - 1))
        .toList();
  }

  private static Map<String, Object> randomMap(Random random, int depth) {
    Map<String, Object> members = new LinkedHashMap<>();
    int count = random.nextInt(20) == 0 ? 40 : random.nextInt(5);
    for (int i = 0; i < count; i++) {
      members.put(randomText(random), randomValue(random, depth - 1));
    }
    return members;
  }

  private static String randomText(Random random) {
    String letters = "abcXYZ019 äß€/\\\"\n\u0001";
    return random
        .ints(random.nextInt(12), 0, letters.length())
        .mapToObj(i -> letters.substring(i, i + 1))
        .collect(Collectors.joining());
  }

  /** Compact; or, with a random, with white space, escapes and the members in another order. */
  private static String written(Object value, Random random) {
    String gap = random == null || random.nextBoolean() ? "" : " \n\t".substring(random.nextInt(3));
    if (value instanceof List<?> items) {
      return items.stream()
          .map(item -> gap + written(item, random))
          .collect(Collectors.joining("," + gap, gap + "[", gap + "]"));
    }
    if (value instanceof Map<?, ?> map) {
      List<Map.Entry<?, ?>> members = new ArrayList<>(map.entrySet());
      if (random != null) {
        Collections.shuffle(members, random);
      }
      return members.stream()
          .map(
              m ->
                  quoted(m.getKey().toString(), random) + gap + ":" + written(m.getValue(), random))
          .collect(Collectors.joining(gap + ",", "{" + gap, gap + "}" + gap));
    }
    return value instanceof StringBuilder text ? quoted(text.toString(), random) : value.toString();
  }

  private static String quoted(String text, Random random) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      boolean must = c < ' ' || c == '"' || c == '\\';
      if (must || (random != null && random.nextInt(4) == 0)) {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
