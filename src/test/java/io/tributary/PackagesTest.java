package io.tributary;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What each package may know. */
class PackagesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.tributary");

  @Test
  void packages_pointOneWay() {
    slices().matching("io.tributary.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void store_knowsNoCamel() {
    noClasses()
        .that()
        .resideInAnyPackage("io.tributary.store", "io.tributary.batch", "io.tributary.event")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.camel..")
        .check(CLASSES);
  }

  @Test
  void sql_isInTheStoreOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.tributary.store")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..")
        .check(CLASSES);
  }
}
