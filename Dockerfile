# syntax=docker/dockerfile:1

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY console ./console
COPY schema ./schema
# Compiled code is good for the Node alone that makes it, which here is not the one that runs it.
RUN npm run build && rm -r dist/cli/compiled
# TypeScript is an optional peer of a library, and stays unless optional packages go too.
RUN npm prune --omit=dev --omit=optional --no-audit --no-fund

# What runs is plain JavaScript, so that it need not be of the same system as what builds it.
FROM node:24-alpine
ENV NODE_ENV=production
ENV HOST=0.0.0.0
ENV PORT=4000
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# With it a gateway starts sooner.
RUN node dist/cli/compile.cjs
# A record needs libraries that are not in here, and a directory of one a volume: README, "Keep a record".
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli/main.cjs"]
CMD ["serve"]
