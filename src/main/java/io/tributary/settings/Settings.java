package io.tributary.settings;

import io.tributary.dedupe.ContentDedupe;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings, checked once at the start. Each is asked for by the name of its variable.
 *
 * @param texts what is written, or the default
 */
public record Settings(Map<Setting, String> texts) {

  /** Looks up the text of a setting; null when the file has no line for it. */
  @FunctionalInterface
  public interface Source {
    @Nullable String valueOf(Setting setting);
  }

  /**
   * Reads and checks every setting.
   *
   * @throws SettingException for the first one whose value cannot be used
   */
  public static Settings from(Source source) {
    Settings settings = new Settings(new EnumMap<>(Setting.class));
    for (Setting setting : Setting.values()) {
      String text = source.valueOf(setting);
      settings.texts.put(setting, text == null ? setting.defaultValue() : text.strip());
    }
    for (Setting setting : Setting.values()) {
      settings.check(setting);
    }
    settings.checkTopics();
    KafkaSecurity.properties(settings);
    TokenFile.check(settings);
    ApiTls.check(settings);
    ManagementAccess.from(settings);
    return new Settings(Map.copyOf(settings.texts));
  }

  private void check(Setting setting) {
    Use use = setting.use();
    boolean used = use == null || use.isMet(this);
    if (text(setting).isEmpty()) { // as Compose makes of a variable that is not set
      if (used && !setting.isOptional()) {
        throw refusal(setting, "it must not be blank");
      }
      texts.put(setting, setting.defaultValue());
    }
    String text = text(setting);
    boolean unset = setting.isOptional() && text.equals(Kind.NONE);
    if (use != null && used && unset && use.needed()) {
      throw refusal(setting, said(use.other()) + " needs it");
    }
    boolean said = !is(setting, setting.defaultValue()) && setting != Setting.KAFKA_SASL_MECHANISM;
    if (use != null && !used && said) { // a mechanism alone does no harm
      throw refusal(setting, use.refusal(this, setting.defaultValue()));
    }
    String allowed = unset ? null : setting.refusal(text);
    if (allowed != null) {
      throw refusal(setting, allowed);
    }
  }

  private void checkTopics() {
    Map<String, Setting> taken = new HashMap<>();
    for (Setting setting :
        List.of(
            Setting.KAFKA_CUSTOMER_TOPIC,
            Setting.KAFKA_INVENTORY_TOPIC,
            Setting.DEAD_LETTER_TOPIC)) {
      Setting other = taken.putIfAbsent(text(setting), setting);
      if (other != null) {
        throw refusal(setting, "it must differ from " + other + ", which is the same topic");
      }
    }
  }

  /** The refusal of a setting, with its value unless that is a secret. */
  SettingException refusal(Setting setting, String allowed) {
    return new SettingException(setting, text(setting), allowed);
  }

  /** What is said, of a file only that it is. */
  String said(Setting setting) {
    return setting.kind() == Kind.FILE && optional(setting) != null
        ? setting.name()
        : setting + "=" + SettingException.shown(setting, text(setting));
  }

  /** As it is written. */
  public String text(Setting setting) {
    return Objects.requireNonNull(texts.get(setting));
  }

  /** Null when it is not set. */
  public @Nullable String optional(Setting setting) {
    String text = text(setting);
    return text.equals(Kind.NONE) ? null : text;
  }

  /** Whether it has that value. */
  public boolean is(Setting setting, String value) {
    return text(setting).equalsIgnoreCase(value);
  }

  public int whole(Setting setting) {
    return Integer.parseInt(text(setting));
  }

  public BigDecimal number(Setting setting) {
    return new BigDecimal(text(setting));
  }

  public Duration seconds(Setting setting) {
    return Duration.ofNanos(number(setting).movePointRight(9).longValue());
  }

  public URI url(Setting setting) {
    return Objects.requireNonNull(Kind.url(text(setting)));
  }

  /** Where a batch is posted to. */
  public String batchUrl() {
    return url(Setting.ANALYTICS_API_BASE_URL) + "/api/analytics/data";
  }

  /** Whether the API or its token endpoint is called over TLS. */
  boolean callsHttps() {
    return Stream.of(Setting.ANALYTICS_API_BASE_URL, Setting.ANALYTICS_API_OAUTH2_TOKEN_URL)
        .anyMatch(url -> text(url).regionMatches(true, 0, "https:", 0, 6));
  }

  public ContentDedupe contentDedupe() {
    return ContentDedupe.valueOf(text(Setting.CONTENT_DEDUPE).toUpperCase(Locale.ROOT));
  }

  public Path stateDir() {
    return Path.of(text(Setting.MERGE_STATE_DIR));
  }

  /** Without what it knows, which may be secret. */
  @Override
  public String toString() {
    return "Settings";
  }
}
