package io.tributary.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.schema.SchemaRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused of the settings for a schema registry. */
class RegistrySettingsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SCHEMA_REGISTRY_URL=registry:8081 | SCHEMA_REGISTRY_URL='registry:8081' cannot be used: an http:// or https:// URL",
        "SCHEMA_REGISTRY_URL=http://ada:secret@r | SCHEMA_REGISTRY_URL='http://***@r' cannot be used: an http://",
        "SCHEMA_REGISTRY_USERNAME=ada | SCHEMA_REGISTRY_USERNAME='ada' cannot be used: with SCHEMA_REGISTRY_URL=none only none is allowed; any other uses it",
        "SCHEMA_REGISTRY_URL=http://r SCHEMA_REGISTRY_USERNAME=a:b | SCHEMA_REGISTRY_USERNAME='a:b' cannot be used: a name without a colon",
        "SCHEMA_REGISTRY_URL=http://r SCHEMA_REGISTRY_USERNAME=ada | SCHEMA_REGISTRY_PASSWORD='none' cannot be used: SCHEMA_REGISTRY_USERNAME=ada needs it",
        "SCHEMA_REGISTRY_URL=http://r SCHEMA_REGISTRY_PASSWORD=secret | SCHEMA_REGISTRY_PASSWORD='***' cannot be used: with SCHEMA_REGISTRY_USERNAME=none only none",
        "SCHEMA_REGISTRY_URL=http://r SCHEMA_REGISTRY_TIMEOUT=0 | SCHEMA_REGISTRY_TIMEOUT='0' cannot be used: a number of seconds from 0.1 to 60",
        "SCHEMA_REGISTRY_URL=http://r SCHEMA_REGISTRY_PATIENCE=-1 | SCHEMA_REGISTRY_PATIENCE='-1' cannot be used: a number of seconds from 0 to 86400",
        "SCHEMA_REGISTRY_URL=http://r SCHEMA_REGISTRY_ID_BYTES=5 | SCHEMA_REGISTRY_ID_BYTES='5' cannot be used: one of 4, 8 is allowed",
        "SCHEMA_REGISTRY_URL=http://r AVRO_PAYLOAD_FIELD=messageId | AVRO_PAYLOAD_FIELD='messageId' cannot be used: it must differ from AVRO_MESSAGE_ID_FIELD",
        "SCHEMA_REGISTRY_TIMEOUT=9 | SCHEMA_REGISTRY_TIMEOUT='9' cannot be used: with SCHEMA_REGISTRY_URL=none only 5 is allowed",
        "SCHEMA_REGISTRY_PATIENCE=9 | SCHEMA_REGISTRY_PATIENCE='9' cannot be used: with SCHEMA_REGISTRY_URL=none only 60 is allowed",
        "SCHEMA_REGISTRY_ID_BYTES=8 | SCHEMA_REGISTRY_ID_BYTES='8' cannot be used: with SCHEMA_REGISTRY_URL=none only 4 is allowed",
        "AVRO_MESSAGE_ID_FIELD=id | AVRO_MESSAGE_ID_FIELD='id' cannot be used: with SCHEMA_REGISTRY_URL=none only messageId is allowed",
        "AVRO_PAYLOAD_FIELD=data | AVRO_PAYLOAD_FIELD='data' cannot be used: with SCHEMA_REGISTRY_URL=none only payload is allowed",
      })
  void unusable_isRefusedInOneLine(String said, String expected) {
    // When
    SettingException refused =
        assertThrows(
            SettingException.class, () -> SchemaRegistry.of(settings(said), Duration.ZERO));

    // Then
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.startsWith(expected), message);
  }

  @Test
  void withoutAUrl_thereIsNone() {
    assertNull(SchemaRegistry.of(settings("LOG_LEVEL=INFO"), Duration.ZERO));
  }

  @Test
  void slashAtTheEndOfTheUrl_doesNotCount() {
    Settings settings = settings("SCHEMA_REGISTRY_URL=HTTPS://r/apis/ccompat/v7/");
    assertEquals("https://r/apis/ccompat/v7", settings.url(Setting.SCHEMA_REGISTRY_URL).toString());
  }

  private static Settings settings(String said) {
    Map<Setting, String> settings = new EnumMap<>(Setting.class);
    Arrays.stream(said.split(" ", -1))
        .map(pair -> pair.split("=", 2))
        .forEach(pair -> settings.put(Setting.valueOf(pair[0]), pair[1]));
    return Settings.from(settings::get);
  }
}
