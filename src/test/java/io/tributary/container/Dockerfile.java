package io.tributary.container;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;

/** The instructions of a Dockerfile, one a line, stage by stage. */
record Dockerfile(List<Stage> stages) {

  /** A stage, from its FROM to the next one; {@code base} is an image or another stage. */
  record Stage(String base, String name, List<Instruction> instructions) {
    Stream<String> arguments(String keyword) {
      return instructions.stream().filter(i -> i.keyword.equals(keyword)).map(i -> i.arguments);
    }
  }

  /** A keyword, and what stands after it. */
  record Instruction(String keyword, String arguments) {}

  static Dockerfile read(Path file) throws IOException {
    List<Stage> stages = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.split(" ", 2);
      if (parts[0].equals("FROM")) {
        String[] from = parts[1].split(" AS ", 2);
        stages.add(new Stage(from[0], from[1], new ArrayList<>()));
      } else {
        stages.get(stages.size() - 1).instructions.add(new Instruction(parts[0], parts[1]));
      }
    }
    return new Dockerfile(stages);
  }

  Stage stage(String name) {
    return stages.stream()
        .filter(stage -> stage.name.equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no stage " + name));
  }

  boolean hasStage(String name) {
    return stages.stream().anyMatch(stage -> stage.name.equals(name));
  }

  /** The instructions of a stage after those of the stages that it builds upon. */
  List<Instruction> instructionsOf(String name) {
    Stage stage = stage(name);
    List<Instruction> all = new ArrayList<>();
    if (hasStage(stage.base)) {
      all.addAll(instructionsOf(stage.base));
    }
    all.addAll(stage.instructions);
    return all;
  }

  boolean has(String name, String keyword) {
    return instructionsOf(name).stream().anyMatch(i -> i.keyword.equals(keyword));
  }

  /** The last argument that a keyword has in a stage, or in those that it builds upon. */
  String last(String name, String keyword) {
    return instructionsOf(name).stream()
        .filter(instruction -> instruction.keyword.equals(keyword))
        .reduce((first, second) -> second)
        .orElseThrow(() -> new NoSuchElementException(keyword + " in " + name))
        .arguments;
  }

  /** The words of a command in its exec form, the only one in which a signal reaches it. */
  static List<String> exec(String arguments) {
    try {
      return List.of(new ObjectMapper().readValue(arguments, String[].class));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Not the exec form: " + arguments, e);
    }
  }

  /** The words of the health check's command. */
  List<String> healthCheck(String name) {
    String arguments = last(name, "HEALTHCHECK");
    return exec(arguments.substring(arguments.indexOf("CMD ") + 4));
  }
}
