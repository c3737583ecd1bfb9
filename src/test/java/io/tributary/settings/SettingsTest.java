package io.tributary.settings;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.logging.LogText;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each setting may be. */
class SettingsTest {
  private static final Pattern LINE_BREAK = Pattern.compile("\\R");

  @ParameterizedTest
  @CsvSource({
    "KAFKA_BOOTSTRAP_SERVERS, localhost:9093",
    "KAFKA_CUSTOMER_TOPIC, customer_data",
    "KAFKA_INVENTORY_TOPIC, inventory_data",
    "KAFKA_GROUP_ID, tributary",
    "KAFKA_CUSTOMER_CONSUMERS, 1",
    "KAFKA_INVENTORY_CONSUMERS, 1",
    "ANALYTICS_API_BASE_URL, http://localhost:8081",
    "ANALYTICS_API_TIMEOUT, 30",
    "MAX_RETRIES, 3",
    "RETRY_BACKOFF_BASE, 1.0",
    "RETRY_BACKOFF_MULTIPLIER, 2.0",
    "SPLIT_REFUSED_BATCHES, true",
    "IDEMPOTENCY_CACHE_SIZE, 10000",
    "IDEMPOTENCY_CACHE_TTL, 3600",
    "CONTENT_DEDUPE, latest",
    "MERGE_FLUSH_INTERVAL, 30",
    "MERGE_MAX_MESSAGES, 5000",
    "MERGE_MAX_BYTES, 5000000",
    "MERGE_STATE_DIR, state",
    "MERGE_MAX_PENDING_BATCHES, 20",
    "DEAD_LETTER_TOPIC, tributary_dead_letters",
    "SERVICE_NAME, tributary",
    "MANAGEMENT_HOST, 127.0.0.1",
    "MANAGEMENT_PORT, 9876",
    "LOG_LEVEL, INFO",
    "LOG_FORMAT, text",
    "TRACING, off"
  })
  void default_isTheContracts(String variable, String expected) {
    // When
    Setting setting = Setting.valueOf(variable);

    // Then
    assertEquals(expected, setting.defaultValue());
  }

  @Test
  void defaultVersion_isTheProjects() {
    // When
    String version = Setting.SERVICE_VERSION.defaultValue();

    // Then
    assertEquals(System.getProperty("project.version"), version);
  }

  @Test
  void nothingSaid_givesTypedDefaults() {
    // When
    Settings settings = Settings.from(setting -> null);

    // Then
    assertAll(
        () -> assertEquals("localhost:9093", settings.text(Setting.KAFKA_BOOTSTRAP_SERVERS)),
        () -> assertEquals(3, settings.whole(Setting.MAX_RETRIES)),
        () -> assertEquals(2.0, settings.number(Setting.RETRY_BACKOFF_MULTIPLIER).doubleValue()),
        () -> assertEquals(Duration.ofHours(1), settings.seconds(Setting.IDEMPOTENCY_CACHE_TTL)),
        () ->
            assertEquals(
                URI.create("http://localhost:8081"), settings.url(Setting.ANALYTICS_API_BASE_URL)),
        () -> assertEquals(ContentDedupe.LATEST, settings.contentDedupe()),
        () -> assertEquals(Path.of("state"), settings.stateDir()),
        () -> assertFalse(settings.is(Setting.TRACING, "otlp")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "KAFKA_BOOTSTRAP_SERVERS | localhost             | host:port",
        "KAFKA_BOOTSTRAP_SERVERS | localhost:            | host:port",
        "KAFKA_BOOTSTRAP_SERVERS | :9092                 | host:port",
        "KAFKA_BOOTSTRAP_SERVERS | localhost:port        | host:port",
        "KAFKA_BOOTSTRAP_SERVERS | localhost:65536       | host:port",
        "KAFKA_BOOTSTRAP_SERVERS | localhost:99999999999 | host:port",
        "KAFKA_BOOTSTRAP_SERVERS | a:1,,b:2              | host:port",
        "KAFKA_BOOTSTRAP_SERVERS | a:1,                  | host:port",
        "KAFKA_BOOTSTRAP_SERVERS | http://a:1            | host:port",
        "KAFKA_CUSTOMER_TOPIC | two words   | letters, digits",
        "KAFKA_CUSTOMER_TOPIC | ümlaut      | letters, digits",
        "KAFKA_CUSTOMER_TOPIC | .           | letters, digits",
        "KAFKA_CUSTOMER_TOPIC | ..          | letters, digits",
        "KAFKA_CUSTOMER_TOPIC | a/b         | letters, digits",
        "KAFKA_INVENTORY_TOPIC | a,b        | letters, digits",
        "KAFKA_INVENTORY_TOPIC | customer_data | differ from KAFKA_CUSTOMER_TOPIC",
        "DEAD_LETTER_TOPIC | a?b            | letters, digits",
        "DEAD_LETTER_TOPIC | customer_data  | differ from KAFKA_CUSTOMER_TOPIC",
        "DEAD_LETTER_TOPIC | inventory_data | differ from KAFKA_INVENTORY_TOPIC",
        "KAFKA_CUSTOMER_CONSUMERS | 0       | from 1 to 64",
        "KAFKA_CUSTOMER_CONSUMERS | 65      | from 1 to 64",
        "KAFKA_CUSTOMER_CONSUMERS | two     | from 1 to 64",
        "KAFKA_INVENTORY_CONSUMERS | -1     | from 1 to 64",
        "KAFKA_INVENTORY_CONSUMERS | 1.5    | from 1 to 64",
        "ANALYTICS_API_BASE_URL | localhost:8081       | http://",
        "ANALYTICS_API_BASE_URL | ftp://localhost      | http://",
        "ANALYTICS_API_BASE_URL | http://              | http://",
        "ANALYTICS_API_BASE_URL | http:///path         | http://",
        "ANALYTICS_API_BASE_URL | http://:8081         | http://",
        "ANALYTICS_API_BASE_URL | http://a:65536       | http://",
        "ANALYTICS_API_BASE_URL | http://a:b           | http://",
        "ANALYTICS_API_BASE_URL | http://a b           | http://",
        "ANALYTICS_API_BASE_URL | http://a_b:8081      | without an underscore",
        "ANALYTICS_API_BASE_URL | http://a_b:0         | URL with a host",
        "ANALYTICS_API_BASE_URL | not a url            | http://",
        "ANALYTICS_API_TIMEOUT | 0      | seconds from 0.1 to 3600",
        "ANALYTICS_API_TIMEOUT | 0.09   | seconds from 0.1 to 3600",
        "ANALYTICS_API_TIMEOUT | 3601   | seconds from 0.1 to 3600",
        "ANALYTICS_API_TIMEOUT | 30s    | seconds from 0.1 to 3600",
        "MAX_RETRIES | -1   | from 0 to 100",
        "MAX_RETRIES | 101  | from 0 to 100",
        "MAX_RETRIES | 3.0  | from 0 to 100",
        "RETRY_BACKOFF_BASE | -0.1      | seconds from 0 to 3600",
        "RETRY_BACKOFF_BASE | 3600.1    | seconds from 0 to 3600",
        "RETRY_BACKOFF_BASE | 1,5       | seconds from 0 to 3600",
        "RETRY_BACKOFF_BASE | 1e999999999 | seconds from 0 to 3600",
        "RETRY_BACKOFF_MULTIPLIER | 0.9 | number from 1 to 100",
        "RETRY_BACKOFF_MULTIPLIER | 101 | number from 1 to 100",
        "RETRY_BACKOFF_MULTIPLIER | NaN | number from 1 to 100",
        "IDEMPOTENCY_CACHE_SIZE | 0          | from 1 to 100000000",
        "IDEMPOTENCY_CACHE_SIZE | 99999999999 | from 1 to 100000000",
        "IDEMPOTENCY_CACHE_TTL | 0          | seconds from 0.1 to 31536000",
        "IDEMPOTENCY_CACHE_TTL | Infinity   | seconds from 0.1 to 31536000",
        "CONTENT_DEDUPE | newest            | latest, window, off",
        "MERGE_FLUSH_INTERVAL | 0           | seconds from 0.1 to 86400",
        "MERGE_FLUSH_INTERVAL | 86401       | seconds from 0.1 to 86400",
        "MERGE_MAX_MESSAGES | 0             | from 1 to 10000000",
        "MERGE_MAX_MESSAGES | many          | from 1 to 10000000",
        "MERGE_MAX_BYTES | 999              | from 1000 to 1000000000",
        "MERGE_MAX_BYTES | 5 MB             | from 1000 to 1000000000",
        "MERGE_MAX_PENDING_BATCHES | 0      | from 1 to 100000",
        "MANAGEMENT_PORT | 0                | from 1 to 65535",
        "MANAGEMENT_PORT | 65536            | from 1 to 65535",
        "MANAGEMENT_USERS_FILE | nowhere/users   | user.<name> = <password>",
        "MANAGEMENT_USERS_FILE | pom.xml         | user.<name> = <password>",
        "JOLOKIA_WRITE | yes                     | off, on",
        "JOLOKIA_WRITE | on                      | write access needs a password",
        "LOG_LEVEL | LOUD                   | TRACE, DEBUG, INFO, WARN, ERROR, OFF",
        "SPLIT_REFUSED_BATCHES | yes            | true, false",
        "LOG_FORMAT | xml                   | text, json",
        "TRACING | on                       | off, otlp"
      })
  void badValue_isRefusedInOneLine(Setting setting, String value, String allowed) {
    // When
    SettingException refusal = refusal(setting, value);

    // Then
    assertOneLine(refusal, setting, LogText.oneLine(value), allowed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ANALYTICS_API_BASE_URL | http://ada:secret@h           | 'http://***@h'",
        "ANALYTICS_API_BASE_URL | http://h/?key=secret          | 'http://h/?***'",
        "ANALYTICS_API_BASE_URL | http://secret@h/p?key=secret  | 'http://***@h/p?***'",
        "ANALYTICS_API_BASE_URL | http://ada:sec?ret@h/secret   | 'http://***'",
        "ANALYTICS_API_BASE_URL | http://h/?mail=secret@secret  | 'http://***'",
        "ANALYTICS_API_BASE_URL | http://ada:sec@ret/secret@h   | 'http://***@h'",
        "ANALYTICS_API_BASE_URL | http://ada:secret secret@h    | 'http://***@h'",
        "ANALYTICS_API_BASE_URL | http://ada:secret@my_api      | 'http://***@my_api'",
        "ANALYTICS_API_BASE_URL | ada:secret@h                  | '***@h'",
        "KAFKA_BOOTSTRAP_SERVERS | secret@h:9092                | '***@h:9092'",
        "MERGE_MAX_BYTES | http://h/?secret                     | 'http://h/?***'",
      })
  void url_isRefusedWithoutWhatMayBeSecretInIt(Setting setting, String value, String shown) {
    // When
    SettingException refusal = refusal(setting, value);

    // Then
    assertOneLine(refusal, setting, shown, "is allowed");
    assertFalse(refusal.getMessage().matches(".*(sec|ret).*"), refusal.getMessage());
  }

  @ParameterizedTest
  @EnumSource
  void blankValue_isRefusedUnlessNothingUsesIt(Setting setting) {
    // Given
    boolean unused =
        setting.defaultValue().equals("none")
            || setting == Setting.KAFKA_SASL_MECHANISM
            || EnumSet.range(Setting.SCHEMA_REGISTRY_TIMEOUT, Setting.AVRO_PAYLOAD_FIELD)
                .contains(setting);

    // When
    if (unused) {
      assertEquals(Settings.from(any -> null), with(setting, " \t "));
    } else {
      SettingException refusal = refusal(setting, " \t ");

      // Then
      assertOneLine(refusal, setting, "='", "must not be blank");
    }
  }

  @Test
  void tooLongTopic_isRefused() {
    // Given
    String topic = "t".repeat(250);

    // When
    SettingException refusal = refusal(Setting.KAFKA_CUSTOMER_TOPIC, topic);

    // Then
    assertOneLine(refusal, Setting.KAFKA_CUSTOMER_TOPIC, topic, "1 to 249");
  }

  @Test
  void stateDirThatIsNoPath_isRefused() {
    // When
    SettingException refusal = refusal(Setting.MERGE_STATE_DIR, "sta\0te");

    // Then
    assertOneLine(refusal, Setting.MERGE_STATE_DIR, "sta?te", "the path of a folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3\n4", "3\r\n4", "3\r4", "3\u000b4", "3\u00854", "3\u20284", "3\u20294"})
  void valueOfSeveralLines_isRefusedInOneLine(String value) {
    // When
    SettingException refusal = refusal(Setting.MAX_RETRIES, value);

    // Then
    assertOneLine(refusal, Setting.MAX_RETRIES, "3", "from 0 to 100");
  }

  @ParameterizedTest
  @EnumSource(names = {"SERVICE_NAME", "SERVICE_VERSION", "KAFKA_GROUP_ID", "MANAGEMENT_HOST"})
  void nameOfSeveralLines_isRefused(Setting setting) {
    for (String lineBreak : List.of("\n", "\r\n", "\u0085", "\u2028")) {
      // When
      SettingException refusal = refusal(setting, "a" + lineBreak + "b");

      // Then
      assertOneLine(refusal, setting, "='a | b'", "a text without line breaks");
    }
  }

  @Test
  void reasonOfSeveralLines_isToldInOneLine() {
    // When
    SettingException refusal =
        new SettingException(
            Setting.MERGE_STATE_DIR, "state", "the folder is damaged:\n at byte 3");

    // Then
    assertOneLine(refusal, Setting.MERGE_STATE_DIR, "state", "the folder is damaged");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "KAFKA_BOOTSTRAP_SERVERS | a:1, b-2.example.com:65535 ,10.0.0.1:9092,[::1]:9092",
        "KAFKA_CUSTOMER_TOPIC | a.B_9-z",
        "KAFKA_CUSTOMER_CONSUMERS | 64",
        "ANALYTICS_API_BASE_URL | https://api.example.com:8443/v1",
        "ANALYTICS_API_BASE_URL | http://[::1]:8081",
        "ANALYTICS_API_TIMEOUT | 0.1",
        "ANALYTICS_API_TIMEOUT | 3600",
        "MAX_RETRIES | 0",
        "MAX_RETRIES | 100",
        "RETRY_BACKOFF_BASE | 0",
        "RETRY_BACKOFF_BASE | 1e-3",
        "RETRY_BACKOFF_MULTIPLIER | 1",
        "RETRY_BACKOFF_MULTIPLIER | 100",
        "IDEMPOTENCY_CACHE_SIZE | 1",
        "IDEMPOTENCY_CACHE_SIZE | 100000000",
        "IDEMPOTENCY_CACHE_TTL | 31536000",
        "MERGE_FLUSH_INTERVAL | 0.1",
        "MERGE_MAX_MESSAGES | 1",
        "MERGE_MAX_BYTES | 1000",
        "MERGE_MAX_BYTES | 1000000000",
        "MERGE_MAX_PENDING_BATCHES | 1",
        "MANAGEMENT_PORT | 1",
        "MANAGEMENT_PORT | 65535"
      })
  void valueAtTheEdge_isAccepted(Setting setting, String value) {
    // When
    Settings settings = with(setting, value);

    // Then
    assertNotEquals(with(setting, setting.defaultValue()), settings);
  }

  @Test
  void baseUrl_hasItsSchemeInSmallLetters() {
    // When
    Settings settings =
        Settings.from(
            setting ->
                setting == Setting.ANALYTICS_API_BASE_URL
                    ? "HTTP://Api.example/HTTP"
                    : setting.defaultValue());

    // Then
    assertEquals(
        URI.create("http://Api.example/HTTP"), settings.url(Setting.ANALYTICS_API_BASE_URL));
  }

  @Test
  void baseUrl_losesSlashesAtItsEnd() {
    // When
    Settings settings = with(Setting.ANALYTICS_API_BASE_URL, "http://a:1/path//");

    // Then
    assertEquals(URI.create("http://a:1/path"), settings.url(Setting.ANALYTICS_API_BASE_URL));
  }

  @ParameterizedTest
  @CsvSource({"latest, LATEST", "Window, WINDOW", "OFF, OFF"})
  void contentDedupe_isReadWhateverItsCase(String value, ContentDedupe expected) {
    // When
    Settings settings = with(Setting.CONTENT_DEDUPE, value);

    // Then
    assertEquals(expected, settings.contentDedupe());
  }

  @Test
  void value_losesWhiteSpaceAroundIt() {
    // When
    Settings settings = with(Setting.MAX_RETRIES, " 7\n");

    // Then
    assertEquals(7, settings.whole(Setting.MAX_RETRIES));
  }

  @Test
  void seconds_mayHaveFractions() {
    // When
    Settings settings = with(Setting.MERGE_FLUSH_INTERVAL, "1.25");

    // Then
    assertEquals(Duration.ofMillis(1250), settings.seconds(Setting.MERGE_FLUSH_INTERVAL));
  }

  private static Settings with(Setting changed, String value) {
    Map<Setting, String> values = new EnumMap<>(Setting.class);
    values.put(changed, value);
    return Settings.from(values::get);
  }

  private static SettingException refusal(Setting setting, String value) {
    return assertThrows(SettingException.class, () -> with(setting, value));
  }

  private static void assertOneLine(
      SettingException refusal, Setting setting, String value, String allowed) {
    String message = refusal.getMessage();
    assertAll(
        () -> assertFalse(LINE_BREAK.matcher(message).find(), message),
        () -> assertTrue(message.contains(setting.name()), message),
        () -> assertTrue(message.contains(value), message),
        () -> assertTrue(message.contains(allowed), message));
  }
}
