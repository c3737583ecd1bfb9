package io.tributary.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.tributary.event.Reason;
import io.tributary.settings.Setting;
import io.tributary.settings.SettingException;
import io.tributary.settings.Settings;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes JSON of values in the wire format of a schema registry: a zero byte, the schema's id, the
 * body. A schema is kept for ever, since an id's never changes. Safe for several threads.
 */
public final class SchemaRegistry {
  /** How long it is not asked again: for an id that it does not know, and for any if it fails. */
  public static final Duration PAUSE = Duration.ofSeconds(2);

  /** Nobody waits any more for what was not asked for in that time. */
  private static final Duration FORGOTTEN = Duration.ofMinutes(5);

  /** What an Avro record may grow by, if more than a batch. */
  private static final long LARGEST_GROWTH = 8;

  private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistry.class);

  private final Map<Long, Written> schemas = new ConcurrentHashMap<>();
  private final Cache<Long, Missing> missing;
  private final RegistryClient client;
  private final Ticker ticker;
  private final Duration patience;
  private final int idBytes;
  private final long batchBytes;
  private final Map<String, String> envelope;
  private volatile @Nullable Trouble trouble;

  /** When it answered again after it could not be asked, in nanoseconds. */
  private long answering;

  /**
   * How a value was written.
   *
   * @param avro null for another type, which is JSON if there is no fault
   * @param fault why no such value can be read; empty when it can
   */
  private record Written(@Nullable Schema avro, String fault) {}

  /**
   * An id that is unknown.
   *
   * @param waited for how long the registry has answered so, in nanoseconds
   * @param last when it answered so last, in nanoseconds
   */
  private record Missing(Instant since, long waited, long last) {}

  /** Why the registry cannot be asked, since when, and when it was so last, in nanoseconds. */
  private record Trouble(String why, Instant since, long last) {}

  /**
   * @param patience how long an id that the registry does not know is waited for
   */
  SchemaRegistry(Settings settings, Duration patience, Ticker ticker) {
    this.client = new RegistryClient(settings);
    this.ticker = ticker;
    this.answering = ticker.read();
    this.patience = patience;
    this.idBytes = settings.whole(Setting.SCHEMA_REGISTRY_ID_BYTES);
    this.batchBytes = settings.whole(Setting.MERGE_MAX_BYTES);
    String messageId = settings.text(Setting.AVRO_MESSAGE_ID_FIELD);
    String payload = settings.text(Setting.AVRO_PAYLOAD_FIELD);
    if (messageId.equals(payload)) {
      String allowed = "it must differ from " + Setting.AVRO_MESSAGE_ID_FIELD;
      throw new SettingException(Setting.AVRO_PAYLOAD_FIELD, payload, allowed);
    }
    // A field that has the name of one of both and is none would stand there twice.
    Map<String, String> names =
        new HashMap<>(Map.of("messageId", "own messageId", "payload", "own payload"));
    names.putAll(Map.of(messageId, "messageId", payload, "payload"));
    this.envelope = Map.copyOf(names);
    this.missing = Caffeine.newBuilder().expireAfterWrite(FORGOTTEN).ticker(ticker).build();
  }

  /** The registry of the settings; null without one. */
  public static @Nullable SchemaRegistry of(Settings settings, Duration patience) {
    return settings.optional(Setting.SCHEMA_REGISTRY_URL) == null
        ? null
        : new SchemaRegistry(settings, patience, Ticker.systemTicker());
  }

  /** Whether a value that is not empty is in the wire format, as no JSON is. */
  public static boolean isFramed(byte[] value) {
    return value[0] == 0;
  }

  /** The id of the schema of a value; null when it names none. */
  public @Nullable Long id(byte @Nullable [] value) {
    if (value == null || value.length <= idBytes || !isFramed(value)) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.wrap(value, 1, idBytes);
    return idBytes == Long.BYTES ? bytes.getLong() : bytes.getInt();
  }

  /**
   * A framed value as JSON: the body itself, or what an Avro record says.
   *
   * @throws UnfitException when no repetition will make JSON of it
   * @throws RegistryException when the registry cannot be asked, or does not know the id yet
   */
  public byte[] json(byte[] value) throws IOException {
    Long id = id(value);
    if (id == null) {
      throw new UnfitException(Reason.NOT_AVRO, "it ends before the id of its schema does");
    }
    if (id < 1 || id > Integer.MAX_VALUE) { // of which not each registry says that it has none
      throw new UnfitException(Reason.UNKNOWN_SCHEMA, "no registry gives the id " + id);
    }
    Written known = schemas.get(id);
    Written written = known == null ? ask(id) : known;
    int body = 1 + idBytes;
    if (written.avro() != null) {
      long most = Math.max(batchBytes, LARGEST_GROWTH * value.length);
      return new AvroJson(value, body, most).read(written.avro(), envelope);
    }
    if (written.fault().isEmpty()) {
      return Arrays.copyOfRange(value, body, value.length);
    }
    throw new UnfitException(Reason.NOT_AVRO, "its schema " + id + " " + written.fault());
  }

  /** Asks no more, since a stop waits for whoever asks. */
  public void end() {
    client.end();
  }

  /** Why readiness is down; null when it is not. */
  public @Nullable String trouble() {
    Trouble last = trouble;
    if (last != null && ticker.read() - last.last() <= FORGOTTEN.toNanos()) {
      return "Records wait for their schemas since " + last.since() + ": " + last.why();
    }
    return missing.asMap().entrySet().stream()
        .filter(id -> isWaitedFor(id.getValue()))
        .findFirst()
        .map(
            id ->
                "A record waits for the schema id %d since %s"
                    .formatted(id.getKey(), id.getValue().since()))
        .orElse(null);
  }

  /** One thread asks at a time; the others then know what it was told. */
  private synchronized Written ask(long id) throws UnfitException {
    Written known = schemas.get(id);
    if (known != null) {
      return known;
    }
    Trouble failed = trouble;
    if (failed != null && ticker.read() - failed.last() < PAUSE.toNanos()) {
      throw new RegistryException(failed.why());
    }
    Missing now = missing.getIfPresent(id);
    if (now == null || ticker.read() - now.last() >= PAUSE.toNanos()) {
      Written found = load(id);
      if (found != null) {
        schemas.put(id, found);
        missing.invalidate(id);
        return found;
      }
      long time = ticker.read();
      if (now == null) {
        now = new Missing(Instant.now(), 0, time);
        if (isWaitedFor(now)) {
          LOG.warn("The schema registry does not know the id {}, its record waits for it", id);
        }
      } else {
        long more = Math.min(time - now.last(), time - answering);
        now = new Missing(now.since(), now.waited() + more, time);
      }
      missing.put(id, now);
    }
    if (!isWaitedFor(now)) {
      throw new UnfitException(Reason.UNKNOWN_SCHEMA, "its id is " + id);
    }
    throw new RegistryException("The schema registry does not know the id " + id + " yet");
  }

  private boolean isWaitedFor(Missing id) {
    return id.waited() < patience.toNanos();
  }

  /** Null when the registry does not have it, or a schema that it refers to. */
  private @Nullable Written load(long id) {
    try {
      JsonNode found = client.get("/schemas/ids/" + id);
      Written written = found == null ? null : written(found);
      if (trouble != null) {
        LOG.info("The schema registry answers again");
        trouble = null;
        answering = ticker.read();
      }
      return written;
    } catch (RegistryException e) {
      String why = String.valueOf(e.getMessage());
      Trouble last = trouble;
      if (last == null || !last.why().equals(why)) {
        LOG.warn("{}; what needs it is kept and read again", why);
      }
      trouble = new Trouble(why, last == null ? Instant.now() : last.since(), ticker.read());
      throw e;
    }
  }

  private @Nullable Written written(JsonNode found) {
    String type = found.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      boolean json = type.equals("JSON");
      return new Written(null, json ? "" : "is of the type " + type + ", which is not read");
    }
    // The writer's names and defaults are the registry's business.
    Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION);
    parser.setValidateDefaults(false);
    try {
      return parseReferences(found, parser, new HashSet<>())
          ? new Written(parser.parse(found.path("schema").asText()), "")
          : null;
    } catch (RegistryException e) {
      throw e;
    } catch (RuntimeException e) { // not all of Avro's are of its own kind
      LOG.warn("A schema of the registry cannot be parsed: {}", e.getMessage());
      return new Written(null, "cannot be parsed");
    }
  }

  /** Those that a schema refers to come before it, each once; false when one is not there. */
  private boolean parseReferences(JsonNode schema, Schema.Parser parser, Set<String> parsed) {
    for (JsonNode reference : schema.path("references")) {
      String subject = URLEncoder.encode(reference.path("subject").asText(), UTF_8);
      String path =
          "/subjects/%s/versions/%d"
              .formatted(subject.replace("+", "%20"), reference.path("version").asInt());
      if (parsed.add(path)) {
        JsonNode found = client.get(path);
        if (found == null || !parseReferences(found, parser, parsed)) {
          return false;
        }
        parser.parse(found.path("schema").asText());
      }
    }
    return true;
  }
}
