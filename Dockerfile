FROM maven:3.9.11-eclipse-temurin-17 AS build
WORKDIR /build
COPY pom.xml .
COPY .mvn .mvn
RUN mvn --batch-mode --quiet dependency:go-offline
COPY . .
RUN mvn --batch-mode --quiet -DskipTests package

FROM eclipse-temurin:17.0.16_8-jre
RUN useradd --system --uid 10001 tributary && install -d -o tributary /opt/tributary/state
WORKDIR /opt/tributary
COPY --from=build /build/target/lib target/lib
COPY --from=build /build/target/tributary.jar target/tributary.jar
COPY application.properties .
COPY routes routes
USER tributary
VOLUME /opt/tributary/state
EXPOSE 9876
ENTRYPOINT ["java", "-jar", "target/tributary.jar"]
