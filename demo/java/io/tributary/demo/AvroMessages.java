package io.tributary.demo;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Messages as a producer with a schema registry writes them: Avro, with the schema's id. Safe for
 * several threads.
 */
public final class AvroMessages {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
  private static final String MESSAGE =
      """
      {"type":"record","name":"Message","namespace":"io.tributary.demo","fields":[
        {"name":"messageId","type":"string"},
        {"name":"source","type":"string"},
        {"name":"eventType","type":"string"},
        {"name":"timestamp","type":{"type":"long","logicalType":"timestamp-millis"}},
        {"name":"payload","type":{"type":"array","items":
          {"type":"record","name":"Entry","fields":[{"name":"id","type":"string"},%s]}}},
        {"name":"metadata","type":{"type":"record","name":"Metadata","fields":[
          {"name":"syncType","type":"string"},{"name":"recordCount","type":"int"}]}}]}
      """;

  private final int id;
  private final Schema schema;

  /**
   * @param id of the schema in the registry
   * @param entryFields the fields of an entry beside its {@code id}, as Avro's schemas have them
   */
  public AvroMessages(StubRegistry registry, int id, String entryFields) {
    this.id = id;
    this.schema = new Schema.Parser().parse(MESSAGE.formatted(entryFields));
    registry.add(id, null, schema.toString(), "");
  }

  /** A message in the wire format of a registry; what is not JSON becomes what is not Avro. */
  public byte[] value(String json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      write(schema, JSON.readTree(json), encoder);
      encoder.flush();
    } catch (IOException e) {
      out.reset();
      out.write(1);
    }
    return StubRegistry.framed(id, out.toByteArray());
  }

  private static void write(Schema schema, JsonNode value, Encoder out) throws IOException {
    switch (schema.getType()) {
      case RECORD -> {
        for (Schema.Field field : schema.getFields()) {
          write(field.schema(), value.path(field.name()), out);
        }
      }
      case ARRAY -> {
        out.writeArrayStart();
        out.setItemCount(value.size());
        for (JsonNode element : value) {
          out.startItem();
          write(schema.getElementType(), element, out);
        }
        out.writeArrayEnd();
      }
      case STRING -> out.writeString(value.asText());
      case INT -> out.writeInt(value.asInt());
      case LONG -> out.writeLong(Instant.parse(value.asText()).toEpochMilli());
      case BYTES -> {
        int scale = ((LogicalTypes.Decimal) schema.getLogicalType()).getScale();
        out.writeBytes(value.decimalValue().setScale(scale).unscaledValue().toByteArray());
      }
      default -> throw new IllegalArgumentException("No message has a " + schema.getType());
    }
  }
}
