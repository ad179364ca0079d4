/** Datasets over GraphQL. */
import { Args, Authorized, Query, Resolver } from 'type-graphql';
import { IdArgs, ListArgs } from '../graphql-args';
import { Dataset } from './dataset.entity';
import { DatasetService } from './dataset.service';

@Resolver(() => Dataset)
export class DatasetResolver {
  constructor(private readonly service: DatasetService) {}

  @Authorized('viewer')
  @Query(() => [Dataset], { description: 'Newest first.' })
  datasets(@Args(() => ListArgs) { first, offset }: ListArgs): Promise<Dataset[]> {
    return this.service.list(first, offset);
  }

  @Authorized('viewer')
  @Query(() => Dataset)
  dataset(@Args(() => IdArgs) { id }: IdArgs): Promise<Dataset> {
    return this.service.get(id);
  }
}
