package io.tributary.decode;

import static io.tributary.decode.Records.event;
import static io.tributary.decode.Records.eventOf;
import static io.tributary.decode.Records.hashes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.Hash128;
import io.tributary.event.SourceRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which values have one hash, and which entries an ID. */
class JsonHasherTest {
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
  void equalValues_haveEqualHashes(String left, String right) {
    // Given
    Hash128 first = hash(left);

    // When
    Hash128 second = hash(right);

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
        "\"\\ud800\"       | \"\\udc00\"",
        "\"\\ud800\"       | \"?\"",
        "\"12345678\"     | \"12345678\\u0000\"",
        "\"1234567\"      | \"12345678\"",
        "\"abcdefghijklmnop\" | \"ijklmnopabcdefgh\""
      })
  void differentValues_haveDifferentHashes(String left, String right) {
    // Given
    Hash128 first = hash(left);

    // When
    Hash128 second = hash(right);

    // Then
    assertNotEquals(first, second);
    assertNotEquals(first.high(), second.high());
    assertNotEquals(first.low(), second.low());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 31, 32, 33, 64, 1_000, 20_000})
  void manyMembers_countInAnyOrder(int count) {
    // Given
    List<String> members =
        new ArrayList<>(
            IntStream.range(0, count)
                .mapToObj(i -> "\"name-" + i + "\":{\"n\":" + i + "}")
                .toList());
    Hash128 first = hash(object(members));
    Collections.shuffle(members, new Random(count));

    // When
    Hash128 second = hash(object(members));

    // Then
    assertEquals(first, second);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 32, 33, 500})
  void manyMembersOfOneName_countInTheirOrder(int count) {
    // Given
    List<String> members =
        new ArrayList<>(IntStream.range(0, count).mapToObj(i -> "\"a\":" + i).toList());
    Hash128 first = hash(object(members));
    Collections.swap(members, 0, count - 1);

    // When
    Hash128 second = hash(object(members));

    // Then
    assertNotEquals(first, second);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 33, 500})
  void membersWithSwappedValues_differ(int count) {
    // Given
    Hash128 first =
        hash(object(IntStream.range(0, count).mapToObj(i -> "\"" + i + "\":" + i).toList()));

    // When
    Hash128 second =
        hash(object(IntStream.range(0, count).mapToObj(i -> "\"" + i + "\":" + (i ^ 1)).toList()));

    // Then
    assertNotEquals(first, second);
  }

  @Test
  void manyValues_haveNoHashTwice() {
    // Given
    Set<String> values = new HashSet<>();
    for (int i = 0; i < 26_000; i++) {
      values.add(Integer.toString(i));
      values.add("\"" + i + "\"");
      values.add("[" + i / 500 + "," + i % 500 + "]");
      values.add("{\"id\":" + i + "}");
      values.add("{\"a\":" + i / 500 + ",\"b\":" + i % 500 + "}");
      values.add("[[" + i / 250 + "],{\"" + i % 250 + "\":[]}]");
    }

    // When
    List<Event.Entry> entries = hashes(eventOf(String.join(",", values))).entries();

    // Then
    assertEquals(
        values.size(), entries.stream().map(entry -> entry.value().high()).distinct().count());
    assertEquals(
        values.size(), entries.stream().map(entry -> entry.value().low()).distinct().count());
  }

  /** The state folder holds hashes. */
  @Test
  void hash_isTheSameInEveryVersion() {
    // Given
    Event event =
        event(
            "{\"messageId\":\"uuid\",\"payload\":[{\"name\":\"Jörg\",\"id\":\"C1\",\"stock\":-1.50e3,\"tags\":[true,null,{}]}]}");

    // When
    Event.Payload hashes = hashes(event);

    // Then
    Event.Entry entry = hashes.entries().get(0);
    assertEquals("87120eadd86db968085b16fbe6e9e407", hex(event.idHash()));
    assertEquals("b38157cd2dcd4de4af0f8eb02c86d553", hex(entry.id()));
    assertEquals("7936d06a584fe9682c778500ada8b6bd", hex(entry.value()));
    assertEquals("0ebb4e6dc7c6954b0688f35ac98f2121", hex(hashes.whole()));
  }

  @Test
  void messageId_hasTheHashOfItsMeaning() {
    // Given
    Event event = event("{\"messageId\":\"uuid-ä\",\"payload\":[]}");

    // When
    Event same = event("{\"payload\":[1],\"messageId\":\"uu\\u0069d-\\u00e4\"}");

    // Then
    assertEquals(event.idHash(), same.idHash());
    assertNotEquals(event.idHash(), event("{\"messageId\":\"uuid-a\",\"payload\":[]}").idHash());
  }

  @Test
  void payload_hasTheHashOfItsEntriesInOrder() {
    // Given
    Hash128 whole = hashes(eventOf("{\"a\":1,\"b\":2},3")).whole();

    // When
    Hash128 same = hashes(eventOf(" {\"b\":2,\"a\":1} , 3 ")).whole();

    // Then
    assertEquals(whole, same);
    assertNotEquals(whole, hashes(eventOf("3,{\"a\":1,\"b\":2}")).whole());
    assertNotEquals(whole, hashes(eventOf("{\"a\":1,\"b\":2},3,3")).whole());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\":\"C1\"}               | true",
        "{\"id\":7}                    | true",
        "{\"a\":{},\"\\u0069d\":\"C1\"}  | true",
        "{\"id\":null,\"id\":\"C1\"}     | true",
        "{\"id\":null}                 | false",
        "{\"id\":\"C1\",\"id\":null}     | false",
        "{\"ID\":\"C1\"}               | false",
        "{\"a\":{\"id\":\"C1\"}}         | false",
        "{}                          | false",
        "[{\"id\":\"C1\"}]             | false",
        "\"id\"                        | false",
        "null                        | false"
      })
  void entry_hasAnIdIfItIsAnObjectWithOne(String record, boolean expected) {
    // When
    Event.Entry entry = entry(record);

    // Then
    assertEquals(expected, entry.id() != null);
  }

  @Test
  void idOfAnEntry_isNotTakenFromTheEntryBefore() {
    // When
    Event event = event("{\"messageId\":\"m\",\"payload\":[{\"id\":\"C1\"},{\"a\":1},2,[3]]}");

    // Then
    List<Boolean> withId =
        hashes(event).entries().stream().map(entry -> entry.id() != null).toList();
    assertEquals(List.of(true, false, false, false), withId);
  }

  @Test
  void idOfAnEntry_isAnotherOneOnAnotherTopic() {
    // Given
    EventDecoder decoder = new EventDecoder(ContentDedupe.LATEST);
    byte[] json = "{\"messageId\":\"m\",\"payload\":[{\"id\":\"1\"}]}".getBytes(UTF_8);
    List<Hash128> ids = new ArrayList<>();

    // When
    for (String place : List.of("customer_data 0", "customer_data 5", "inventory_data 0")) {
      String[] parts = place.split(" ");
      TopicPartition partition = new TopicPartition(parts[0], Integer.parseInt(parts[1]));
      Decoded decoded = decoder.decode(new SourceRecord(partition, 0, 0, null, json));
      ids.add(hashes((Event) decoded).entries().get(0).id());
    }

    // Then
    assertEquals(ids.get(0), ids.get(1));
    assertNotEquals(ids.get(0), ids.get(2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\":\"C1\",\"v\":1}   | {\"v\":2,\"id\":\"\\u0043\\u0031\"} | true",
        "{\"id\":1}              | {\"id\":\"1\"}                    | false",
        "{\"id\":1}              | {\"id\":1.0}                    | false",
        "{\"id\":\"C1\"}           | {\"id\":\"C2\"}                   | false",
        "{\"id\":1,\"id\":\"C1\"}    | {\"id\":\"C1\"}                   | true"
      })
  void idOfAnEntry_isAJsonValue(String left, String right, boolean same) {
    // Given
    Hash128 first = entry(left).id();

    // When
    Hash128 second = entry(right).id();

    // Then
    assertEquals(same, first.equals(second));
  }

  private static Event.Entry entry(String json) {
    return hashes(eventOf(json)).entries().get(0);
  }

  private static Hash128 hash(String json) {
    return entry(json).value();
  }

  private static String hex(Hash128 hash) {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(hash.high()) + hex.toHexDigits(hash.low());
  }

  private static String object(List<String> members) {
    return members.stream().collect(Collectors.joining(",", "{", "}"));
  }
}
