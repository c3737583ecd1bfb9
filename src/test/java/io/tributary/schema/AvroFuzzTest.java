package io.tributary.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Records of random schemas, read by Avro's own reader and written as JSON here a second time, in
 * another way; and the same records with damaged bytes.
 */
class AvroFuzzTest {
  private static final long MOST = 200_000;
  private static final int DAMAGES = 8;
  private static final JsonMapper JSON =
      new JsonMapper(
          JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build());

  @Test
  void recordsOfRandomSchemas_areJsonAsAnotherReaderHasIt() throws IOException {
    compare(20240208, 3_000);
  }

  @Tag("long")
  @Test
  void recordsOfMoreRandomSchemas_areJsonAsAnotherReaderHasIt() throws IOException {
    compare(System.nanoTime(), 200_000);
  }

  private static void compare(long seed, int rounds) throws IOException {
    // Given
    Random random = new Random(seed);
    RandomAvro avro = new RandomAvro(random);
    long bytes = 0;
    int notRead = 0;
    for (int round = 0; round < rounds; round++) {
      Schema schema = avro.schema();
      byte[] value = avro.record(schema);
      String which = "seed " + seed + ", round " + round + ", " + schema;

      // When
      byte[] json = read(schema, value, Map.of());

      // Then
      Object read = readByAvro(schema, value);
      if (read == null) {
        notRead++;
      } else {
        assertEquals(rendered(schema, read), new String(json, UTF_8), which);
      }
      assertArrayEquals(json, read(schema, value, Map.of()), which);
      bytes += value.length;
    }
    assertTrue(notRead <= rounds / 1_000, notRead + " were not compared");
    assertTrue(bytes > 10L * rounds, bytes + " bytes are too few to say something");
  }

  @Test
  void damagedRecords_areRefusedOrJson() {
    assertTimeoutPreemptively(Duration.ofSeconds(60), () -> damage(4711, 1_000));
  }

  @Tag("long")
  @Test
  void moreDamagedRecords_areRefusedOrJson() {
    assertTimeoutPreemptively(Duration.ofMinutes(20), () -> damage(System.nanoTime(), 100_000));
  }

  private static void damage(long seed, int rounds) throws IOException {
    Random random = new Random(seed);
    RandomAvro avro = new RandomAvro(random);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int refused = 0;
    for (int round = 0; round < rounds; round++) {
      // Given
      Schema schema = avro.schema();
      byte[] value = avro.record(schema);
      for (int i = 0; i < DAMAGES; i++) {
        byte[] damaged = damaged(value, random);
        String which = "seed " + seed + ", round " + round + ", " + schema;

        // When
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
          byte[] json = read(schema, damaged, Map.of());

          // Then
          assertTrue(json.length <= MOST + 10_000, which);
          readAll(json);
        } catch (UnfitException e) {
          refused++;
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 40 * MOST, allocated + " bytes allocated, " + which);
      }
    }
    assertTrue(refused > rounds, refused + " of " + DAMAGES * rounds);
  }

  /** Cut off, longer, with other bytes, or with a number in it that is as large as can be. */
  private static byte[] damaged(byte[] value, Random random) {
    int place = random.nextInt(value.length + 1);
    List<Byte> bytes = new ArrayList<>();
    for (byte each : value) {
      bytes.add(each);
    }
    switch (random.nextInt(5)) {
      case 0 -> bytes.subList(place, value.length).clear();
      case 1 -> bytes.add(place, (byte) random.nextInt());
      case 2 -> bytes.addAll(place, List.of((byte) -2, (byte) -1, (byte) -1, (byte) -1, (byte) 15));
      case 3 -> {
        byte[] longest = new byte[10];
        Arrays.fill(longest, (byte) -1);
        longest[0] = (byte) (random.nextBoolean() ? -1 : -2);
        longest[9] = 1;
        for (byte each : longest) {
          bytes.add(place, each);
        }
      }
      default -> {
        for (int i = 0; i <= random.nextInt(4) && !bytes.isEmpty(); i++) {
          bytes.set(random.nextInt(bytes.size()), (byte) random.nextInt());
        }
      }
    }
    byte[] damaged = new byte[bytes.size()];
    for (int i = 0; i < damaged.length; i++) {
      damaged[i] = bytes.get(i);
    }
    return damaged;
  }

  private static void readAll(byte[] json) throws IOException {
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      parser.skipChildren();
      assertNull(parser.nextToken());
    }
  }

  private static byte[] read(Schema schema, byte[] value, Map<String, String> names)
      throws IOException {
    return new AvroJson(value, 0, MOST).read(schema, names);
  }

  /** Null when Avro's resolver cannot, as of a few records in themselves. */
  private static @Nullable Object readByAvro(Schema schema, byte[] value) throws IOException {
    GenericData data = new GenericData();
    data.setFastReaderEnabled(false); // which makes maps of its own
    GenericDatumReader<Object> reader =
        new GenericDatumReader<>(schema, schema, data) {
          @Override
          protected Object newMap(Object old, int size) {
            return new LinkedHashMap<>(); // in the order of the bytes
          }
        };
    try {
      return reader.read(null, DecoderFactory.get().binaryDecoder(value, null));
    } catch (NullPointerException ofTheResolver) {
      return null;
    }
  }

  private static String rendered(Schema schema, Object value) throws IOException {
    LogicalType logical = schema.getLogicalType();
    String type = logical == null ? "" : logical.getName();
    return switch (schema.getType()) {
      case NULL, BOOLEAN, FLOAT, DOUBLE -> JSON.writeValueAsString(value);
      case ENUM -> '"' + value.toString() + '"';
      case STRING -> JSON.writeValueAsString(value.toString());
      case INT, LONG -> rendered(type, ((Number) value).longValue());
      case BYTES -> {
        ByteBuffer buffer = (ByteBuffer) value;
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        yield rendered(logical, type, bytes);
      }
      case FIXED -> rendered(logical, type, ((GenericFixed) value).bytes());
      case UNION -> {
        int index = GenericData.get().resolveUnion(schema, value);
        yield rendered(schema.getTypes().get(index), value);
      }
      case ARRAY -> {
        List<String> elements = new ArrayList<>();
        for (Object element : (Iterable<?>) value) {
          elements.add(rendered(schema.getElementType(), element));
        }
        yield "[" + String.join(",", elements) + "]";
      }
      case MAP -> {
        List<String> members = new ArrayList<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          String name = JSON.writeValueAsString(entry.getKey().toString());
          members.add(name + ":" + rendered(schema.getValueType(), entry.getValue()));
        }
        yield "{" + String.join(",", members) + "}";
      }
      case RECORD -> {
        List<String> members = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
          Object its = ((IndexedRecord) value).get(field.pos());
          members.add(JSON.writeValueAsString(field.name()) + ":" + rendered(field.schema(), its));
        }
        yield "{" + String.join(",", members) + "}";
      }
    };
  }

  private static String rendered(String type, long number) {
    int perSecond =
        type.endsWith("millis") ? 1_000 : type.endsWith("micros") ? 1_000_000 : 1_000_000_000;
    if (type.equals("date")) {
      return "\"" + LocalDate.EPOCH.plusDays(number) + '"';
    }
    if (!type.contains("time")) {
      return String.valueOf(number);
    }
    int nanos = (int) Math.floorMod(number, (long) perSecond) * (1_000_000_000 / perSecond);
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(Math.floorDiv(number, perSecond), nanos, ZoneOffset.UTC);
    String fraction = String.format(Locale.ROOT, ".%09d", nanos);
    while (fraction.endsWith("000")) {
      fraction = fraction.substring(0, fraction.length() - 3);
    }
    String clock =
        String.format(
            Locale.ROOT, "%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond());
    String text = clock + (nanos == 0 ? "" : fraction);
    if (!type.startsWith("time-")) {
      text = time.toLocalDate() + "T" + text;
    }
    return '"' + text + (type.startsWith("timestamp") ? "Z" : "") + '"';
  }

  private static String rendered(LogicalType logical, String type, byte[] bytes) {
    if (logical instanceof LogicalTypes.Decimal decimal) {
      return new BigDecimal(new BigInteger(bytes), decimal.getScale()).toPlainString();
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (type.equals("uuid")) {
      return "\"" + new UUID(buffer.getLong(), buffer.getLong()) + '"';
    }
    if (type.equals("duration")) {
      buffer.order(ByteOrder.LITTLE_ENDIAN);
      long months = Integer.toUnsignedLong(buffer.getInt());
      long days = Integer.toUnsignedLong(buffer.getInt());
      BigDecimal seconds = BigDecimal.valueOf(Integer.toUnsignedLong(buffer.getInt()), 3);
      return "\"P" + months + 'M' + days + "DT" + seconds + "S\"";
    }
    return '"' + Base64.getEncoder().encodeToString(bytes) + '"';
  }
}
