package io.tributary.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.tributary.event.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Reads one Avro record and writes it as JSON, always the same for the same bytes. It holds no more
 * than the value and the JSON: a length is compared with the bytes that are left, and the JSON has
 * a limit, since elements without a byte can be as many as a number says. For one record.
 */
final class AvroJson {
  /** As deep as JSON is read afterwards; to skip a level takes none of its bytes. */
  private static final int MAX_LEVELS = 1000;

  /** Digits of a decimal, at the least; to write one takes time by the square of them. */
  private static final int LARGEST_DECIMAL = 1000;

  private static final long SECONDS_OF_A_DAY = 86_400;

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(MAX_LEVELS).build())
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          // Java's own writes some numbers otherwise since version 19.
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .build();

  private final byte[] value;
  private final ByteBuffer in;
  private final long most;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final JsonGenerator json;

  /**
   * @param start where the record begins in the value
   * @param most bytes of JSON at the most
   */
  AvroJson(byte[] value, int start, long most) throws IOException {
    this.value = value;
    this.in = ByteBuffer.wrap(value, start, value.length - start).order(ByteOrder.LITTLE_ENDIAN);
    this.most = most;
    this.json = JSON.createGenerator(out);
  }

  /**
   * The record as JSON.
   *
   * @param names what some fields of the record itself, not of those inside, are called in JSON
   * @throws UnfitException when it does not fit the schema, or is nested too deeply
   */
  byte[] read(Schema schema, Map<String, String> names) throws IOException {
    try (json) {
      write(schema, names);
    } catch (BufferUnderflowException e) {
      throw unfit("it ends too early");
    } catch (StreamConstraintsException e) {
      throw new UnfitException(Reason.TOO_DEEP, "more than " + MAX_LEVELS + " levels");
    }
    if (in.hasRemaining()) {
      throw unfit("it goes on where the record has ended");
    }
    return out.toByteArray();
  }

  /** Calls itself for each level: it and what it calls for that have small frames. */
  private void write(Schema schema, Map<String, String> names) throws IOException {
    Schema chosen = schema;
    if (chosen.isUnion()) {
      chosen = chosen.getTypes().get(index(chosen.getTypes()));
    }
    if (out.size() > most) {
      throw unfit("it would be more than " + most + " bytes of JSON");
    }
    switch (chosen.getType()) {
      case RECORD -> writeRecord(chosen, names);
      case ARRAY -> {
        json.writeStartArray();
        writeElements(chosen.getElementType(), false);
        json.writeEndArray();
      }
      case MAP -> {
        json.writeStartObject();
        writeElements(chosen.getValueType(), true);
        json.writeEndObject();
      }
      default -> writeAlone(chosen);
    }
  }

  private void writeAlone(Schema schema) throws IOException {
    switch (schema.getType()) {
      case ENUM -> {
        json.writeString(schema.getEnumSymbols().get(index(schema.getEnumSymbols())));
      }
      case STRING -> json.writeString(text());
      case BYTES -> writeBytes(schema, length());
      case FIXED -> writeBytes(schema, size(schema.getFixedSize()));
      case INT -> writeWhole(schema, within(number(), Integer.MIN_VALUE, Integer.MAX_VALUE));
      case LONG -> writeWhole(schema, number());
      case FLOAT -> json.writeNumber((float) finite(in.getFloat()));
      case DOUBLE -> json.writeNumber(finite(in.getDouble()));
      case BOOLEAN -> json.writeBoolean(within(in.get(), 0, 1) == 1);
      case NULL -> json.writeNull();
      default -> throw unfit("it is of no type of Avro");
    }
  }

  private void writeRecord(Schema schema, Map<String, String> names) throws IOException {
    json.writeStartObject();
    for (Schema.Field field : schema.getFields()) {
      json.writeFieldName(names.getOrDefault(field.name(), field.name()));
      write(field.schema(), Map.of());
    }
    json.writeEndObject();
  }

  private void writeElements(Schema element, boolean named) throws IOException {
    for (long left = block(); left > 0; left = left > 1 ? left - 1 : block()) {
      if (named) {
        json.writeFieldName(text());
      }
      write(element, Map.of());
    }
  }

  private void writeWhole(Schema schema, long number) throws IOException {
    switch (logicalType(schema)) {
      case "date" -> json.writeString(LocalDate.ofEpochDay(number).toString());
      case "time-millis" -> writeTime(number, 1_000);
      case "time-micros" -> writeTime(number, 1_000_000);
      case "timestamp-millis" -> json.writeString(utc(number, 1_000));
      case "timestamp-micros" -> json.writeString(utc(number, 1_000_000));
      case "timestamp-nanos" -> json.writeString(utc(number, 1_000_000_000));
      case "local-timestamp-millis" -> json.writeString(local(number, 1_000));
      case "local-timestamp-micros" -> json.writeString(local(number, 1_000_000));
      case "local-timestamp-nanos" -> json.writeString(local(number, 1_000_000_000));
      default -> json.writeNumber(number);
    }
  }

  private void writeTime(long number, int perSecond) throws IOException {
    within(number, 0, SECONDS_OF_A_DAY * perSecond - 1);
    String text = local(number, perSecond);
    json.writeString(text.substring(text.indexOf('T') + 1));
  }

  private static String local(long number, int perSecond) {
    String text = utc(number, perSecond);
    return text.substring(0, text.length() - 1);
  }

  private static String utc(long number, int perSecond) {
    long nanos = Math.floorMod(number, perSecond) * (1_000_000_000L / perSecond);
    return Instant.ofEpochSecond(Math.floorDiv(number, perSecond), nanos).toString();
  }

  /** Writes so many bytes that are there. */
  private void writeBytes(Schema schema, int length) throws IOException {
    int start = in.position();
    in.position(start + length);
    LogicalType type = schema.getLogicalType();
    if (type instanceof LogicalTypes.Decimal decimal) {
      writeDecimal(start, length, decimal.getScale());
    } else if (logicalType(schema).equals("uuid")) {
      ByteBuffer id =
          ByteBuffer.wrap(value, start, length); // of 16 bytes, the most significant first
      json.writeString(new UUID(id.getLong(), id.getLong()).toString());
    } else if (logicalType(schema).equals("duration")) {
      long millis = in.getInt(start + 8) & 0xFFFFFFFFL;
      json.writeString(
          "P%sM%sDT%d.%03dS"
              .formatted(
                  Integer.toUnsignedString(in.getInt(start)),
                  Integer.toUnsignedString(in.getInt(start + 4)),
                  millis / 1000,
                  millis % 1000));
    } else {
      json.writeBinary(value, start, length);
    }
  }

  private void writeDecimal(int start, int length, int scale) throws IOException {
    boolean fits = length > 0 && length <= LARGEST_DECIMAL && scale <= LARGEST_DECIMAL;
    check(fits, "it has a decimal without a byte, or with too many");
    BigDecimal number = new BigDecimal(new BigInteger(value, start, length), scale);
    json.writeNumber(number.toPlainString());
  }

  private static String logicalType(Schema schema) {
    LogicalType type = schema.getLogicalType();
    return type == null ? "" : type.getName();
  }

  private String text() throws UnfitException {
    int length = length();
    int start = in.position();
    in.position(start + length);
    String text = new String(value, start, length, UTF_8);
    // What is no text becomes this character, which may also stand there.
    boolean sure = text.indexOf('\ufffd') < 0;
    check(sure || in.slice(start, length).equals(UTF_8.encode(text)), "its text is not UTF-8");
    return text;
  }

  /** The number of elements that follow; 0 at the end. */
  private long block() throws UnfitException {
    long count = number();
    if (count < 0) {
      length(); // of the block
      count = -count;
    }
    check(count >= 0, "it has a number of elements that cannot be");
    return count;
  }

  private double finite(double number) throws UnfitException {
    check(Double.isFinite(number), "no JSON has a number like that");
    return number;
  }

  private int length() throws UnfitException {
    return size(number());
  }

  private int size(long bytes) throws UnfitException {
    return (int) within(bytes, 0, in.remaining());
  }

  private int index(List<?> choices) throws UnfitException {
    return (int) within(number(), 0, choices.size() - 1);
  }

  private long within(long number, long least, long largest) throws UnfitException {
    check(number >= least && number <= largest, "it has a number that cannot be");
    return number;
  }

  /** A number as Avro writes all of them: seven bits a byte, the lowest first, the sign last. */
  private long number() throws UnfitException {
    long bits = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = in.get();
      bits |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return (bits >>> 1) ^ -(bits & 1);
      }
    }
    throw unfit("it has a number of too many bytes");
  }

  private void check(boolean fits, String otherwise) throws UnfitException {
    if (!fits) {
      throw unfit(otherwise);
    }
  }

  private UnfitException unfit(String why) {
    return new UnfitException(Reason.NOT_AVRO, why + ", at byte " + in.position());
  }
}
