package io.tributary.schema;

import static io.tributary.demo.StubRegistry.framed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.demo.StubRegistry;
import io.tributary.event.Reason;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.support.Certificates;
import io.tributary.support.LogLines;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of a registry, over real HTTP, and what its answers lead to. */
class SchemaRegistryTest {
  private static final String POINT =
      """
      {"type":"record","name":"a.Point","fields":[
        {"name":"x","type":"int"},{"name":"y","type":"int"}]}
      """;
  private static final byte[] VALUE = framed(7, new byte[] {2, 4});
  private static final String JSON = "{\"x\":1,\"y\":2}";

  private final StubRegistry stub = new StubRegistry();
  private final AtomicLong nanos = new AtomicLong();

  @AfterEach
  void close() {
    stub.close();
  }

  @Test
  void schema_isAskedForOnce() throws IOException {
    // Given
    stub.add(7, null, POINT, "");
    SchemaRegistry registry = registry(Map.of());

    // Then
    for (int i = 0; i < 3; i++) {
      assertEquals(JSON, json(registry, VALUE));
    }
    assertEquals(List.of("/schemas/ids/7"), stub.asked());
    assertNull(registry.trouble());
  }

  @Test
  void schema_isAskedForByOneOfManyThreads() throws Exception {
    // Given
    stub.add(7, "AVRO", POINT, "");
    SchemaRegistry registry = registry(Map.of());
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      // When
      List<Future<String>> all = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        all.add(threads.submit(() -> json(registry, VALUE)));
      }

      // Then
      for (Future<String> each : all) {
        assertEquals(JSON, each.get());
      }
      assertEquals(1, stub.asked().size());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void references_areParsedEachOnceBeforeWhatRefersToThem() throws IOException {
    // Given two that refer to a third
    stub.addReferred("a.Point", 3, POINT, "");
    String toPoint = "[{\"name\":\"a.Point\",\"subject\":\"a.Point\",\"version\":3}]";
    stub.addReferred("sub/of line", 1, "{\"type\":\"array\",\"items\":\"a.Point\"}", toPoint);
    stub.addReferred(
        "b.Line",
        12,
        """
        {"type":"record","name":"b.Line","fields":[
          {"name":"from","type":"a.Point"},{"name":"to","type":"a.Point"}]}
        """,
        toPoint);
    stub.add(
        7,
        null,
        """
        {"type":"record","name":"c.Both","fields":[
          {"name":"line","type":"b.Line"},{"name":"point","type":"a.Point"}]}
        """,
        """
        [{"name":"b.Line","subject":"b.Line","version":12},
         {"name":"x","subject":"sub/of line","version":1},
         {"name":"a.Point","subject":"a.Point","version":3}]
        """);

    // When
    String json = json(registry(Map.of()), framed(7, new byte[] {2, 4, 6, 8, 10, 12}));

    // Then
    assertEquals(
        "{\"line\":{\"from\":{\"x\":1,\"y\":2},\"to\":{\"x\":3,\"y\":4}},\"point\":{\"x\":5,\"y\":6}}",
        json);
    assertEquals(
        List.of(
            "/schemas/ids/7",
            "/subjects/b.Line/versions/12",
            "/subjects/a.Point/versions/3",
            "/subjects/sub/of line/versions/1"),
        stub.asked());
  }

  @Test
  void bodyOfJsonSchema_isTheJson() throws IOException {
    // Given
    stub.add(1, "JSON", "{\"type\":\"object\"}", "");

    // Then
    byte[] value = framed(1, " {\"b\":1.10, \"a\":2}".getBytes(UTF_8));
    assertEquals(" {\"b\":1.10, \"a\":2}", json(registry(Map.of()), value));
  }

  @Test
  void idsOfEightBytes_areReadIfTheSettingSaysSo() throws IOException {
    // Given
    stub.add(7, null, POINT, "");
    byte[] value = ByteBuffer.allocate(11).put((byte) 0).putLong(7).put(new byte[] {2, 4}).array();

    // When
    SchemaRegistry registry = registry(Map.of(Setting.SCHEMA_REGISTRY_ID_BYTES, "8"));

    // Then
    assertEquals(JSON, json(registry, value));
    assertEquals(7, registry.id(value));
    assertRefused(Reason.NOT_AVRO, "it ends before the id of its schema does", registry, VALUE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void idThatNoRegistryGives_isUnknownAtOnce(int id) {
    // Given
    SchemaRegistry registry = registry(Map.of());

    // Then
    String why = "no registry gives the id " + id;
    assertRefused(Reason.UNKNOWN_SCHEMA, why, registry, framed(id, new byte[0]));
    assertEquals(List.of(), stub.asked());
  }

  @Test
  void valueThatEndsBeforeItsId_isRefused() {
    // Given
    SchemaRegistry registry = registry(Map.of());

    // Then
    for (byte[] value : List.of(new byte[1], new byte[4])) {
      String why = "it ends before the id of its schema does";
      assertRefused(Reason.NOT_AVRO, why, registry, value);
      assertNull(registry.id(value));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          PROTOBUF | syntax = "proto3";              | its schema 7 is of the type PROTOBUF, which is not read
          AVRO     | {"type":"record"}               | its schema 7 cannot be parsed
          AVRO     | {"type":"fixed","name":"F","size":2147483647} | its schema 7 cannot be parsed
          AVRO     | no JSON                         | its schema 7 cannot be parsed
          AVRO     | {"type":"array","items":"a.Gone"} | its schema 7 cannot be parsed
          """)
  void schemaThatIsNotRead_isSaid(String type, String schema, String why) {
    // Given
    stub.add(7, type, schema, "");
    SchemaRegistry registry = registry(Map.of());

    // Then
    assertRefused(Reason.NOT_AVRO, why, registry, VALUE);
    assertRefused(Reason.NOT_AVRO, why, registry, VALUE);
    assertEquals(1, stub.asked().size());
  }

  @Test
  void passwordOfTheRegistry_isSentWithEachQuestion() throws IOException {
    // Given
    stub.add(7, null, POINT, "");

    // When
    json(
        registry(
            Map.of(
                Setting.SCHEMA_REGISTRY_USERNAME,
                "ada",
                Setting.SCHEMA_REGISTRY_PASSWORD,
                "pä:ss#")),
        VALUE);

    // Then
    String basic = Base64.getEncoder().encodeToString("ada:pä:ss#".getBytes(UTF_8));
    assertEquals(List.of("/schemas/ids/7 Basic " + basic), stub.asked());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          500 | {"error_code":50001}                        | answers 500
          503 |                                             | answers 503
          429 | {"error_code":429}                          | answers 429
          401 | {"error_code":401}                          | answers 401
          403 | {"error_code":40301}                        | answers 403
          302 |                                             | answers 302
          404 | <html>no such page</html>                   | answers 404, and not as a registry does; is its URL right?
          404 | {"error_code":404,"message":"HTTP 404"}     | answers 404, and not as a registry does; is its URL right?
          200 | <html>Please sign in</html>                 | answers 200, and not as a registry does; is its URL right?
          200 | {"schema":1}                                | answers 200, and not as a registry does; is its URL right?
          200 |                                             | answers 200, and not as a registry does; is its URL right?
          """)
  void registryThatRefuses_isNoFaultOfTheRecord(int status, String body, String why)
      throws IOException {
    // Given
    stub.add(7, null, POINT, "");
    stub.answering(status, body == null ? "" : body);
    SchemaRegistry registry = registry(Map.of());

    // When
    RegistryException failed = assertThrows(RegistryException.class, () -> registry.json(VALUE));

    // Then
    assertEquals("The schema registry " + stub.url() + " " + why, failed.getMessage());
    String trouble = String.valueOf(registry.trouble());
    assertTrue(trouble.endsWith(": " + failed.getMessage()), trouble);

    // When it is asked again at once, and for another schema
    stub.answering();
    assertThrows(RegistryException.class, () -> registry.json(VALUE));
    assertThrows(RegistryException.class, () -> registry.json(framed(8, new byte[0])));

    // Then nobody is bothered
    assertEquals(1, stub.asked().size());

    // When
    pass(SchemaRegistry.PAUSE);

    // Then
    assertEquals(JSON, json(registry, VALUE));
    assertNull(registry.trouble());
  }

  @Test
  void registryThatIsAway_isNoFaultOfTheRecord() {
    // Given
    SchemaRegistry registry = registry(Map.of());
    stub.close();

    // When
    RegistryException failed = assertThrows(RegistryException.class, () -> registry.json(VALUE));

    // Then
    String why = String.valueOf(failed.getMessage());
    assertTrue(why.startsWith("The schema registry " + stub.url() + " does not answer: "), why);
  }

  @Test
  void registryThatDoesNotAnswer_isWaitedForByTheSetting() {
    // Given
    stub.answering(0, "");
    SchemaRegistry registry = registry(Map.of(Setting.SCHEMA_REGISTRY_TIMEOUT, "0.2"));

    // When
    RegistryException failed =
        assertTimeout(
            Duration.ofSeconds(5),
            () -> assertThrows(RegistryException.class, () -> registry.json(VALUE)));

    // Then
    String why = String.valueOf(failed.getMessage());
    assertTrue(why.endsWith("does not answer within 200 ms"), why);
  }

  @Test
  void answerWithoutMeasure_isNotKept() {
    // Given
    stub.answering(200, "x".repeat(17 * 1024 * 1024));
    SchemaRegistry registry = registry(Map.of(Setting.SCHEMA_REGISTRY_TIMEOUT, "60"));

    // When
    RegistryException failed = assertThrows(RegistryException.class, () -> registry.json(VALUE));

    // Then
    String why = String.valueOf(failed.getMessage());
    assertTrue(why.endsWith("does not answer: more than 16777216 bytes"), why);
  }

  @Test
  void certificateThatNobodyVouchesFor_isRefused(@TempDir Path folder) throws Exception {
    // Given
    try (StubRegistry tls = new StubRegistry(0, new Certificates(folder).server("server"))) {
      SchemaRegistry registry = registry(Map.of(Setting.SCHEMA_REGISTRY_URL, tls.url()));

      // When
      RegistryException failed = assertThrows(RegistryException.class, () -> registry.json(VALUE));

      // Then
      String why = String.valueOf(failed.getMessage());
      assertTrue(why.contains("unable to find valid certification path"), why);
      assertEquals(List.of(), tls.asked());
    }
  }

  @Test
  void unknownId_isWaitedForAndAskedForNowAndThen() throws IOException {
    // Given
    SchemaRegistry registry = registry(Map.of());

    // When
    for (int second = 0; second < 60; second++) {
      RegistryException failed = assertThrows(RegistryException.class, () -> registry.json(VALUE));

      // Then
      assertEquals("The schema registry does not know the id 7 yet", failed.getMessage());
      pass(Duration.ofSeconds(1));
    }
    assertEquals(30, stub.asked().size());
    String trouble = String.valueOf(registry.trouble());
    assertTrue(trouble.startsWith("A record waits for the schema id 7 since 2"), trouble);

    // When
    UnfitException unknown = assertThrows(UnfitException.class, () -> registry.json(VALUE));

    // Then
    assertEquals(Reason.UNKNOWN_SCHEMA, unknown.reason());
    assertEquals("its id is 7", unknown.getMessage());
    assertNull(registry.trouble(), "nobody waits for it any more");

    // When it is there after all
    stub.add(7, null, POINT, "");
    pass(SchemaRegistry.PAUSE);

    // Then
    assertEquals(JSON, json(registry, VALUE));
  }

  @Test
  void unknownIds_areEachSaidOnce() {
    // Given
    SchemaRegistry registry = registry(Map.of());
    try (LogLines log = LogLines.of(SchemaRegistry.class.getName())) {
      // When
      for (int i = 0; i < 3; i++) {
        assertThrows(RegistryException.class, () -> registry.json(VALUE));
        assertThrows(RegistryException.class, () -> registry.json(framed(8, new byte[0])));
        pass(SchemaRegistry.PAUSE);
      }

      // Then
      assertEquals(1, log.count("WARN The schema registry does not know the id 7, its record"));
      assertEquals(1, log.count("WARN The schema registry does not know the id 8, its record"));
    }
  }

  @Test
  void unknownIdThatNobodyWaitsFor_isNoTrouble() {
    // Given
    SchemaRegistry registry = registry(Map.of(Setting.SCHEMA_REGISTRY_PATIENCE, "0"));

    // Then
    assertThrows(UnfitException.class, () -> registry.json(VALUE));
    assertNull(registry.trouble());
  }

  @Test
  void idThatIsKnownInTime_isRead() throws IOException {
    // Given
    SchemaRegistry registry = registry(Map.of());
    assertThrows(RegistryException.class, () -> registry.json(VALUE));
    pass(Duration.ofSeconds(59));
    assertThrows(RegistryException.class, () -> registry.json(VALUE));

    // When
    stub.add(7, null, POINT, "");
    pass(SchemaRegistry.PAUSE);

    // Then
    assertEquals(JSON, json(registry, VALUE));
    assertNull(registry.trouble());
  }

  @Test
  void schemaWithoutOneThatItRefersTo_isUnknown() throws IOException {
    // Given
    stub.add(
        7,
        null,
        "{\"type\":\"array\",\"items\":\"a.Point\"}",
        "[{\"name\":\"a.Point\",\"subject\":\"a.Point\",\"version\":3}]");
    SchemaRegistry registry = registry(Map.of());
    byte[] value = framed(7, new byte[] {2, 2, 4, 0});
    assertThrows(RegistryException.class, () -> registry.json(value));

    // When
    stub.addReferred("a.Point", 3, POINT, "");
    pass(SchemaRegistry.PAUSE);

    // Then
    assertEquals("[" + JSON + "]", json(registry, value));
  }

  @Test
  void idThatWasUnknownLongAgo_isWaitedForAnew() {
    // Given
    SchemaRegistry registry = registry(Map.of());
    assertThrows(RegistryException.class, () -> registry.json(VALUE));

    // When
    pass(Duration.ofHours(1));

    // Then
    assertThrows(RegistryException.class, () -> registry.json(VALUE));
  }

  @Test
  void registryThatFailsMeanwhile_makesNoIdUnknown() {
    // Given
    SchemaRegistry registry = registry(Map.of());
    assertThrows(RegistryException.class, () -> registry.json(VALUE));
    stub.answering(503, "");
    pass(Duration.ofSeconds(61));

    // Then
    assertThrows(RegistryException.class, () -> registry.json(VALUE));

    // When it answers again
    stub.answering();
    pass(SchemaRegistry.PAUSE);

    // Then only the time in which it answers counts
    assertThrows(RegistryException.class, () -> registry.json(VALUE));
    pass(Duration.ofSeconds(59));
    assertThrows(RegistryException.class, () -> registry.json(VALUE));
    pass(SchemaRegistry.PAUSE);
    assertThrows(UnfitException.class, () -> registry.json(VALUE));
  }

  @Test
  void fieldThatHasTheNameOfAnother_isNotTakenForIt() throws IOException {
    // Given
    stub.add(
        7,
        null,
        """
        {"type":"record","name":"R","fields":[
          {"name":"id","type":"int"},{"name":"messageId","type":"int"}]}
        """,
        "");

    // When
    SchemaRegistry registry = registry(Map.of(Setting.AVRO_MESSAGE_ID_FIELD, "id"));

    // Then
    assertEquals("{\"messageId\":1,\"own messageId\":2}", json(registry, VALUE));
  }

  private SchemaRegistry registry(Map<Setting, String> changed) {
    Map<Setting, String> all = new EnumMap<>(Setting.class);
    all.put(Setting.SCHEMA_REGISTRY_URL, stub.url() + "/");
    all.putAll(changed);
    Settings settings = Settings.from(all::get);
    return new SchemaRegistry(
        settings, settings.seconds(Setting.SCHEMA_REGISTRY_PATIENCE), nanos::get);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static String json(SchemaRegistry registry, byte[] value) throws IOException {
    return new String(registry.json(value), UTF_8);
  }

  private static void assertRefused(
      Reason reason, String why, SchemaRegistry registry, byte[] value) {
    UnfitException refused = assertThrows(UnfitException.class, () -> registry.json(value));
    assertEquals(reason, refused.reason());
    assertEquals(why, refused.getMessage());
  }
}
