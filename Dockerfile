# The command line and the server, without root: docker build -t breakwater .
FROM node:22-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts ./scripts
COPY src ./src
COPY docs ./docs
RUN npm run build

FROM node:22-slim
COPY --from=build /build/dist /app/dist
COPY package.json LICENSE README.md /app/
RUN ln -s /app/dist/cli.js /usr/local/bin/breakwater && chmod 755 /app/dist/cli.js && mkdir /workspace && chown node:node /workspace
ENV BREAKWATER_WORKSPACE=/workspace
USER node
WORKDIR /workspace
EXPOSE 7788
ENTRYPOINT ["breakwater"]
CMD ["serve"]
