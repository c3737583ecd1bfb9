package io.tributary.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.avro.LogicalTypes;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;

/** Schemas of Avro made at random, and records that fit them. */
final class RandomAvro {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_DEPTH = 4;
  private static final List<String> PRIMITIVES =
      List.of("null", "boolean", "int", "long", "float", "double", "bytes", "string");
  private static final List<List<String>> LOGICAL =
      List.of(
          List.of("int", "date"),
          List.of("int", "time-millis"),
          List.of("long", "time-micros"),
          List.of("long", "timestamp-millis"),
          List.of("long", "timestamp-micros"),
          List.of("long", "timestamp-nanos"),
          List.of("long", "local-timestamp-millis"),
          List.of("long", "local-timestamp-micros"),
          List.of("long", "local-timestamp-nanos"),
          List.of("string", "uuid"),
          List.of("bytes", "decimal"),
          List.of("int", "of-nobody"));
  private static final List<String> TEXTS =
      List.of("", "a", "ä€😀", "\"", "\\", "\0", "\n", "\u2028", "\ufffd", "\ufeff", "1", "null");
  private static final long[] NUMBERS = {
    0, 1, -1, 63, 64, -64, -65, 8191, 8192, Integer.MAX_VALUE, Integer.MIN_VALUE, 1_707_388_200_123L
  };

  private final Random random;
  private final List<String> open = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();
  private int names;

  RandomAvro(Random random) {
    this.random = random;
  }

  /** The schema of a record. */
  Schema schema() {
    open.clear();
    closed.clear();
    names = 0;
    Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION);
    return parser.parse(record(0).toString());
  }

  private JsonNode type(int depth) {
    int kinds = depth < MOST_DEPTH ? 9 : 4;
    return switch (random.nextInt(kinds)) {
      case 0, 1 -> TextNode.valueOf(PRIMITIVES.get(random.nextInt(PRIMITIVES.size())));
      case 2 -> logical();
      case 3 -> closed.isEmpty() || random.nextBoolean() ? fixedOrEnum() : any(closed);
      case 4 -> JSON.createObjectNode().put("type", "array").set("items", inside(depth));
      case 5 -> JSON.createObjectNode().put("type", "map").set("values", inside(depth));
      case 6, 7 -> union(depth);
      default -> record(depth + 1);
    };
  }

  /** What a list or a map has may be what it is in: then it ends with an empty one. */
  private JsonNode inside(int depth) {
    return random.nextInt(4) == 0 ? any(open) : type(depth + 1);
  }

  private static JsonNode named(String name) {
    return TextNode.valueOf(name);
  }

  private JsonNode any(List<String> of) {
    return named(of.get(random.nextInt(of.size())));
  }

  private JsonNode logical() {
    List<String> chosen = LOGICAL.get(random.nextInt(LOGICAL.size()));
    ObjectNode type = JSON.createObjectNode().put("type", chosen.get(0));
    type.put("logicalType", chosen.get(1));
    return chosen.get(1).equals("decimal") ? type.put("precision", 40).put("scale", scale()) : type;
  }

  private int scale() {
    return List.of(0, 2, 8, 40).get(random.nextInt(4));
  }

  private JsonNode fixedOrEnum() {
    String name = "T" + names++;
    ObjectNode type = JSON.createObjectNode().put("name", name);
    switch (random.nextInt(5)) {
      case 0 -> {
        ArrayNode symbols = type.put("type", "enum").putArray("symbols");
        for (int i = 0; i <= random.nextInt(3); i++) {
          symbols.add("S" + i);
        }
      }
      case 1 -> type.put("type", "fixed").put("size", 16).put("logicalType", "uuid");
      case 2 -> type.put("type", "fixed").put("size", 12).put("logicalType", "duration");
      case 3 -> {
        type.put("type", "fixed").put("size", 20).put("logicalType", "decimal");
        type.put("precision", 40).put("scale", scale());
      }
      default -> type.put("type", "fixed").put("size", random.nextInt(4));
    }
    closed.add(name);
    return type;
  }

  /** Null and others, each of another kind, as Avro wants it; in any order. */
  private JsonNode union(int depth) {
    List<JsonNode> branches = new ArrayList<>(List.of(TextNode.valueOf("null")));
    if (random.nextBoolean()) {
      branches.add(TextNode.valueOf(random.nextBoolean() ? "boolean" : "string"));
    }
    if (random.nextBoolean()) {
      branches.add(TextNode.valueOf(random.nextBoolean() ? "double" : "float"));
    }
    if (random.nextBoolean()) {
      branches.add(random.nextBoolean() ? TextNode.valueOf("bytes") : TextNode.valueOf("long"));
    }
    switch (random.nextInt(4)) {
      case 0 -> branches.add(record(depth + 1));
      case 1 -> branches.add(any(open));
      case 2 ->
          branches.add(JSON.createObjectNode().put("type", "array").set("items", inside(depth)));
      default -> branches.add(fixedOrEnum());
    }
    Collections.shuffle(branches, random);
    return JSON.createArrayNode().addAll(branches);
  }

  private JsonNode record(int depth) {
    String name = "T" + names++;
    open.add(name);
    ObjectNode type = JSON.createObjectNode().put("type", "record").put("name", name);
    ArrayNode fields = type.putArray("fields");
    int count = random.nextInt(depth == 0 ? 6 : 4);
    for (int i = 0; i < count; i++) {
      ObjectNode field =
          fields.addObject().put("name", random.nextInt(9) == 0 ? "ä " + i : "f" + i);
      field.set("type", type(depth));
      if (field.get("type").isTextual() && field.get("type").asText().equals("int")) {
        field.put("default", 7);
      }
    }
    open.remove(name);
    return type;
  }

  /** A record that fits, in one of the ways in which lists can be written. */
  byte[] record(Schema schema) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EncoderFactory factory = new EncoderFactory().configureBlockSize(64);
    BinaryEncoder encoder =
        random.nextBoolean()
            ? factory.binaryEncoder(out, null)
            : factory.blockingBinaryEncoder(out, null);
    write(schema, encoder, 0);
    encoder.flush();
    return out.toByteArray();
  }

  private void write(Schema schema, Encoder out, int depth) throws IOException {
    switch (schema.getType()) {
      case RECORD -> {
        for (Schema.Field field : schema.getFields()) {
          write(field.schema(), out, depth + 1);
        }
      }
      case ARRAY -> {
        int count = count(depth);
        out.writeArrayStart();
        out.setItemCount(count);
        for (int i = 0; i < count; i++) {
          out.startItem();
          write(schema.getElementType(), out, depth + 1);
        }
        out.writeArrayEnd();
      }
      case MAP -> {
        int count = count(depth);
        out.writeMapStart();
        out.setItemCount(count);
        for (int i = 0; i < count; i++) {
          out.startItem();
          out.writeString(i + text());
          write(schema.getValueType(), out, depth + 1);
        }
        out.writeMapEnd();
      }
      case UNION -> {
        List<Schema> types = schema.getTypes();
        int index = random.nextInt(types.size());
        while (depth > 2 * MOST_DEPTH && types.get(index).getType() != Schema.Type.NULL) {
          index = random.nextInt(types.size());
        }
        out.writeIndex(index);
        write(types.get(index), out, depth + 1);
      }
      case ENUM -> out.writeEnum(random.nextInt(schema.getEnumSymbols().size()));
      case FIXED -> out.writeFixed(bytes(schema.getFixedSize()));
      case BYTES -> {
        boolean decimal = schema.getLogicalType() instanceof LogicalTypes.Decimal;
        out.writeBytes(bytes(decimal ? 1 + random.nextInt(17) : random.nextInt(9)));
      }
      case STRING -> out.writeString(text());
      case INT -> {
        boolean time = schema.getLogicalType() instanceof LogicalTypes.TimeMillis;
        out.writeInt(time ? random.nextInt(86_400_000) : (int) number());
      }
      case LONG -> {
        boolean time = schema.getLogicalType() instanceof LogicalTypes.TimeMicros;
        out.writeLong(time ? Math.floorMod(random.nextLong(), 86_400_000_000L) : number());
      }
      case FLOAT -> out.writeFloat(real((float) random.nextGaussian()));
      case DOUBLE -> out.writeDouble(real(Double.longBitsToDouble(random.nextLong())));
      case BOOLEAN -> out.writeBoolean(random.nextBoolean());
      case NULL -> out.writeNull();
    }
  }

  private int count(int depth) {
    return depth > 2 * MOST_DEPTH ? 0 : random.nextInt(4);
  }

  private long number() {
    return random.nextInt(3) == 0 ? random.nextLong() : NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private float real(float number) {
    return random.nextInt(4) == 0 ? random.nextInt(100) : number;
  }

  private double real(double number) {
    return Double.isFinite(number) && random.nextInt(4) > 0 ? number : random.nextInt(100) / 8.0;
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size())) + TEXTS.get(random.nextInt(TEXTS.size()));
  }
}
