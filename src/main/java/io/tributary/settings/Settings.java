package io.tributary.settings;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.logging.LogText;
import io.tributary.logging.Logging;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/**
 * The settings, checked once at the start. Each is asked for by the name of its variable.
 *
 * @param texts what is written, or the default
 */
public record Settings(Map<Setting, String> texts) {
  private static final String BEAN = "settings";

  /** UTF-8's, read as UTF-8, or as Latin 1, which is Java's habit. */
  private static final List<String> BYTE_ORDER_MARKS = List.of("\uFEFF", "\u00EF\u00BB\u00BF");

  /**
   * The settings of a context, as its properties have them. After that it has each as it is used:
   * without blanks around it, also when its line is missing, and those that the routes need in
   * another form. From here on, no library logs what could be a secret.
   *
   * @throws SettingException when one of them cannot be used, or is none
   */
  public static Settings of(CamelContext context) {
    Settings known = context.getRegistry().lookupByNameAndType(BEAN, Settings.class);
    if (known != null) {
      return known;
    }
    Logging.keepSecrets();
    // Before the rest is looked at, since it is the format of the line that refuses it.
    Logging.setFormat(text(context, Setting.LOG_FORMAT));
    checkNames(context);
    Settings settings = from(setting -> text(context, setting));
    Logging.setLevel(settings.text(Setting.LOG_LEVEL));
    Map<String, String> properties = new HashMap<>();
    settings.texts.forEach((setting, used) -> properties.put(setting.property(), used));
    properties.put("tributary.api.url", settings.batchUrl());
    properties.put("tributary.api.timeout-millis", settings.millis(Setting.ANALYTICS_API_TIMEOUT));
    properties.put(
        "tributary.merge.flush-interval-millis", settings.millis(Setting.MERGE_FLUSH_INTERVAL));
    properties.put(
        "tributary.merge.flush-interval-full-millis",
        settings.millis(
            settings.optional(Setting.MERGE_FLUSH_INTERVAL_FULL) == null
                ? Setting.MERGE_FLUSH_INTERVAL
                : Setting.MERGE_FLUSH_INTERVAL_FULL));
    properties.put(
        "tributary.retry.backoff-base-millis", settings.millis(Setting.RETRY_BACKOFF_BASE));
    properties.forEach(context.getPropertiesComponent()::addOverrideProperty);
    context.getRegistry().bind(BEAN, settings);
    return settings;
  }

  /** What is written; without a line for it, its environment variable, or its default. */
  private static String text(CamelContext context, Setting setting) {
    try {
      String line = "{{?" + setting.property() + "}}";
      String written = context.getPropertiesComponent().parseUri(line);
      return written != null ? written : context.getPropertiesComponent().parseUri(setting.line());
    } catch (IllegalArgumentException e) {
      // Without the cause and the value, which may be a secret.
      throw new SettingException(
          setting
              + "='{{…}}' cannot be used: Camel takes {{ for the start of a placeholder, and knows"
              + " none such");
    }
  }

  /** What nobody knows would be passed over, and its default used. */
  private static void checkNames(CamelContext context) {
    List<String> known = Arrays.stream(Setting.values()).map(Setting::property).toList();
    Stream.of(context.getPropertiesComponent().loadProperties(), System.getProperties())
        .flatMap(properties -> properties.stringPropertyNames().stream())
        .filter(name -> !known.contains(name) && KnownNames.isOurs(name))
        .sorted()
        .findFirst()
        .ifPresent(
            name -> {
              String mark =
                  BYTE_ORDER_MARKS.stream().anyMatch(name::startsWith)
                      ? ": the file's byte order mark is taken for a part of its first name"
                      : "";
              throw new SettingException(
                  "there is no setting '%s'%s%s A property of your own needs another prefix"
                      .formatted(LogText.ascii(name), mark, KnownNames.hint(name, known)));
            });
  }

  /**
   * Checks every setting.
   *
   * @param source what is written; null for the default
   * @throws SettingException for the first one whose value cannot be used
   */
  public static Settings from(Function<Setting, @Nullable String> source) {
    Settings settings = new Settings(new EnumMap<>(Setting.class));
    for (Setting setting : Setting.values()) {
      String text = source.apply(setting);
      settings.texts.put(setting, text == null ? setting.defaultValue() : text.strip());
    }
    for (Setting setting : Setting.values()) {
      settings.check(setting);
    }
    settings.checkTopics();
    settings.checkWindow();
    settings.checkToken();
    if (!settings.is(Setting.ANALYTICS_API_AUTH, Kind.NONE)
        && ApiHeaders.of(settings).containsKey("Authorization")) {
      throw settings.refusal(
          Setting.ANALYTICS_API_HEADERS,
          settings.said(Setting.ANALYTICS_API_AUTH) + " sets authorization itself");
    }
    KafkaSecurity.properties(settings);
    Tls.ofApi(settings);
    ManagementAccess.check(settings);
    return new Settings(Map.copyOf(settings.texts));
  }

  private void check(Setting setting) {
    Setting.Use use = setting.use;
    boolean used = use == null || use.isMet(this);
    boolean optional = setting.defaultValue().equals(Kind.NONE);
    if (text(setting).isEmpty()) { // as Compose makes of a variable that is not set
      if (used && !optional) {
        throw refusal(
            setting,
            "it must not be blank; leave it out for the default, " + setting.defaultValue());
      }
      texts.put(setting, setting.defaultValue());
    }
    boolean unset = optional && optional(setting) == null;
    if (use != null && used && unset && use.needed()) {
      throw refusal(setting, said(use.other()) + " needs it");
    }
    // A mechanism alone does no harm.
    if (use != null
        && !used
        && !is(setting, setting.defaultValue())
        && setting != Setting.KAFKA_SASL_MECHANISM) {
      throw refusal(setting, use.refusal(this, setting.defaultValue()));
    }
    String allowed = unset ? null : setting.refusal(text(setting));
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

  private void checkWindow() {
    if (optional(Setting.MERGE_FLUSH_INTERVAL_FULL) != null
        && seconds(Setting.MERGE_FLUSH_INTERVAL_FULL)
                .compareTo(seconds(Setting.MERGE_FLUSH_INTERVAL))
            > 0) {
      throw refusal(
          Setting.MERGE_FLUSH_INTERVAL_FULL,
          "no more than MERGE_FLUSH_INTERVAL=%s is allowed"
              .formatted(text(Setting.MERGE_FLUSH_INTERVAL)));
    }
  }

  /** Who signs in with a token has one, and knows where. */
  private void checkToken() {
    String token = optional(Setting.ANALYTICS_API_TOKEN);
    String file = optional(Setting.ANALYTICS_API_TOKEN_FILE);
    if (file == null && token == null && is(Setting.ANALYTICS_API_AUTH, "bearer")) {
      throw refusal(
          Setting.ANALYTICS_API_TOKEN,
          said(Setting.ANALYTICS_API_AUTH)
              + " without "
              + Setting.ANALYTICS_API_TOKEN_FILE
              + " needs it");
    }
    if (file != null && token != null) {
      throw refusal(
          Setting.ANALYTICS_API_TOKEN_FILE,
          "only one of it and " + Setting.ANALYTICS_API_TOKEN + " is allowed");
    }
    if (file != null) {
      try {
        TokenFile.read(file);
      } catch (IOException e) {
        throw refusal(
            Setting.ANALYTICS_API_TOKEN_FILE,
            "a readable file with nothing but the token, " + TokenFile.TOKEN + ", is allowed");
      }
    }
  }

  /** The refusal of a setting, with its value unless that is a secret. */
  SettingException refusal(Setting setting, String allowed) {
    return new SettingException(setting, text(setting), allowed);
  }

  private String said(Setting setting) {
    return setting + "=" + SettingException.shown(setting, text(setting));
  }

  public String text(Setting setting) {
    return Objects.requireNonNull(texts.get(setting));
  }

  public @Nullable String optional(Setting setting) {
    String text = text(setting);
    return text.equals(Kind.NONE) ? null : text;
  }

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

  private String millis(Setting setting) {
    return String.valueOf(seconds(setting).toMillis());
  }

  public URI url(Setting setting) {
    return Objects.requireNonNull(Kind.url(text(setting)));
  }

  /** Where a batch is posted to. */
  public String batchUrl() {
    return url(Setting.ANALYTICS_API_BASE_URL) + text(Setting.ANALYTICS_API_PATH);
  }

  /** The proxy to the API and its token endpoint, with a user and a password maybe. */
  public @Nullable URI proxy() {
    String proxy = optional(Setting.ANALYTICS_API_PROXY);
    return proxy == null ? null : URI.create(proxy);
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
