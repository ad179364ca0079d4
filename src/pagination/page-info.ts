/** Where a page of a connection lies (Relay, GraphQL Cursor Connections Specification). */
import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Where a page lies in its list.' })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Of the first item; null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Of the last item; null on an empty page.' })
  endCursor!: string | null;
}
