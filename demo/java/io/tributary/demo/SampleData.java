package io.tributary.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The customers and the products that the sample producers have, and how they change. */
final class SampleData {
  /** A customer's fields beside its ID, as a schema of Avro has them. */
  static final String CUSTOMER_FIELDS =
      """
      {"name":"name","type":"string"},
      {"name":"address","type":{"type":"record","name":"Address","fields":[
        {"name":"city","type":"string"},{"name":"number","type":"int"}]}},
      {"name":"loyaltyPoints","type":"int"}
      """;

  /** A product's fields beside its ID. */
  static final String PRODUCT_FIELDS =
      """
      {"name":"productName","type":"string"},
      {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
      {"name":"stock","type":"int"}
      """;

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> NAMES =
      List.of("John Doe", "Ana Souza", "Zoë Müller", "Yuki Tanaka", "Priya Nair");
  private static final List<String> CITIES = List.of("Berlin", "São Paulo", "Zürich", "Osaka");
  private static final List<String> PRODUCTS =
      List.of("Laptop", "Monitor", "Keyboard", "Dock", "Headset", "Webcam");

  private SampleData() {}

  static List<ObjectNode> customers(int count) {
    List<ObjectNode> customers = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      ObjectNode customer = JSON.createObjectNode();
      customer.put("id", String.format(Locale.ROOT, "CUST%03d", i));
      customer.put("name", NAMES.get(i % NAMES.size()));
      customer.putObject("address").put("city", CITIES.get(i % CITIES.size())).put("number", i);
      customer.put("loyaltyPoints", 10 * i);
      customers.add(customer);
    }
    return customers;
  }

  static void earnPoints(ObjectNode customer) {
    customer.put("loyaltyPoints", customer.path("loyaltyPoints").asInt() + 5);
  }

  static List<ObjectNode> products(int count) {
    List<ObjectNode> products = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      ObjectNode product = JSON.createObjectNode();
      product.put("id", String.format(Locale.ROOT, "PROD%03d", i));
      product.put("productName", PRODUCTS.get(i % PRODUCTS.size()));
      product.put("price", new BigDecimal("19.90").add(BigDecimal.valueOf(i)));
      product.put("stock", 50 + i);
      products.add(product);
    }
    return products;
  }

  static void sellOne(ObjectNode product) {
    int stock = product.path("stock").asInt();
    product.put("stock", stock == 0 ? 50 : stock - 1);
  }
}
