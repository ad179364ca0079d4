/** Who one is, and the tokens of everybody, over GraphQL. */
import { GraphQLDateTimeISO } from 'graphql-scalars';
import {
  Arg,
  Args,
  Authorized,
  Ctx,
  Field,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
} from 'type-graphql';
import { IdArgs, ListArgs } from '../graphql-args';
import { ApiToken } from './api-token.entity';
import { ApiTokenService, type CreatedToken } from './api-token.service';
import type { AuthContext } from './caller';
import { type Role, RoleEnum } from './role';

@ObjectType({ description: 'Who asks.' })
class Me {
  @Field(() => String, { description: "The token's name; local for the person at the machine." })
  name!: string;

  @Field(() => RoleEnum)
  role!: Role;

  @Field(() => GraphQLDateTimeISO, {
    nullable: true,
    description: 'When the token ends; null: never.',
  })
  expiresAt!: Date | null;
}

@ObjectType()
class NewToken {
  @Field(() => String, { description: 'Keep it: it is not shown again.' })
  token!: string;

  @Field(() => ApiToken)
  apiToken!: ApiToken;
}

@InputType()
class CreateTokenInput {
  @Field(() => String, { description: 'Whose it is or what it is for; at most 100 characters.' })
  name!: string;

  @Field(() => RoleEnum)
  role!: Role;

  @Field(() => String, { nullable: true, description: 'Such as 30m, 12h, 90d or 4w; else never.' })
  expiresIn?: string | null;
}

@Resolver(() => ApiToken)
export class ApiTokenResolver {
  constructor(private readonly service: ApiTokenService) {}

  @Authorized()
  @Query(() => Me)
  me(@Ctx() { caller }: AuthContext): Me {
    return caller;
  }

  @Authorized('admin')
  @Query(() => [ApiToken], { description: 'Newest first, revoked and expired ones too.' })
  tokens(@Args(() => ListArgs) { first, offset }: ListArgs): Promise<ApiToken[]> {
    return this.service.list({ take: first, skip: offset });
  }

  @Authorized('admin')
  @Mutation(() => NewToken, { description: 'Answers with the token, this once.' })
  createToken(
    @Arg('input', () => CreateTokenInput) input: CreateTokenInput,
  ): Promise<CreatedToken> {
    return this.service.create(input);
  }

  @Authorized('admin')
  @Mutation(() => ApiToken, { description: 'From now on it is refused, and its WebSockets end.' })
  revokeToken(@Args(() => IdArgs) { id }: IdArgs): Promise<ApiToken> {
    return this.service.revoke(id);
  }
}
